"""One module per noun; its QuerySet stands above it."""

from auditorium.models.activities.activities import Activity, Room
from auditorium.models.activities.dates import ActivityDate
from auditorium.models.activities.enrolments import Attendance, Enrolment
from auditorium.models.activities.feedback import Feedback
from auditorium.models.activities.handouts import Handout
from auditorium.models.activities.learning import ActivitySkill, SkillMark
from auditorium.models.activities.notices import Notice
from auditorium.models.audit import AuditEntry
from auditorium.models.contacts import Consent, Contact, Phone
from auditorium.models.figures import LineDay
from auditorium.models.follow_ups import FollowUp
from auditorium.models.halls import Hall, HallClosure, Helper, OpeningHours
from auditorium.models.library.channels import Channel, ChannelShare, Topic
from auditorium.models.library.displays import Display
from auditorium.models.library.files import ResourceFile, StoredFile
from auditorium.models.library.grants import ResourceGrant
from auditorium.models.library.lending import BookCopy, LendingPolicy, Loan
from auditorium.models.library.lessons import Phrase, Speaker
from auditorium.models.library.packages import PackageJob
from auditorium.models.library.resources import CourseItem, Resource
from auditorium.models.library.texts import ResourceText
from auditorium.models.library.use import HallResource, ReadingPlace, ResourceUse
from auditorium.models.messages import Message, MessagePart, Reminder
from auditorium.models.regions import Region
from auditorium.models.reminder_rules import ReminderRule
from auditorium.models.replies import Reply
from auditorium.models.sms_lines import LineConnection, SmsLine
from auditorium.models.templates import LineTemplate, MessageTemplate
from auditorium.models.users import Role, User
from auditorium.models.villagers import Household, KeyKind, Villager, VillagerHall, VillagerKey
from auditorium.models.visits import Matter, Visit

__all__ = [
    "Activity",
    "ActivityDate",
    "ActivitySkill",
    "Attendance",
    "AuditEntry",
    "BookCopy",
    "Channel",
    "ChannelShare",
    "Consent",
    "Contact",
    "CourseItem",
    "Display",
    "Enrolment",
    "Feedback",
    "FollowUp",
    "Hall",
    "HallClosure",
    "HallResource",
    "Handout",
    "Helper",
    "Household",
    "KeyKind",
    "LendingPolicy",
    "LineConnection",
    "LineDay",
    "LineTemplate",
    "Loan",
    "Matter",
    "Message",
    "MessagePart",
    "MessageTemplate",
    "Notice",
    "OpeningHours",
    "PackageJob",
    "Phone",
    "Phrase",
    "ReadingPlace",
    "Region",
    "Reminder",
    "ReminderRule",
    "Reply",
    "Resource",
    "ResourceFile",
    "ResourceGrant",
    "ResourceText",
    "ResourceUse",
    "Role",
    "Room",
    "SkillMark",
    "SmsLine",
    "Speaker",
    "StoredFile",
    "Topic",
    "User",
    "Villager",
    "VillagerHall",
    "VillagerKey",
    "Visit",
]
