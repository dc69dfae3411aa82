"""Makes the peer's tables, people who book and staff who can be booked; prints the keys as JSON.

python -m tests.benchmarks.peer.seed CLIENTS STAFF PASSWORD
"""

import json
import os
import sys
from datetime import time, timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.peer.settings"

import django

django.setup()

from appointment.models import Config, Service, StaffMember, WorkingHours  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402

HALF_AN_HOUR = timedelta(minutes=30)


def main(clients: int, staff: int, password: str) -> None:
    call_command("migrate", "auth", verbosity=0)  # it has no migrations, and its tables point to these
    call_command("migrate", run_syncdb=True, verbosity=0)
    Config.objects.create(slot_duration=30, lead_time=time(8), finish_time=time(18))
    service = Service.objects.create(name="内科", duration=HALF_AN_HOUR, price=10)
    members = []
    for number in range(staff):
        doctor = User.objects.create_user(f"doctor{number}", email=f"doctor{number}@example.org")
        member = StaffMember.objects.create(user=doctor, work_on_saturday=True, work_on_sunday=True)
        member.services_offered.add(service)
        for weekday in range(7):
            WorkingHours.objects.create(staff_member=member, day_of_week=weekday, start_time=time(8), end_time=time(18))
        members.append(member.pk)
    for number in range(clients):  # of the staff only to log in through Django's admin
        User.objects.create_user(f"client{number}", f"client{number}@example.org", password, is_staff=True)
    print(json.dumps({"service": service.pk, "staff": members}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
