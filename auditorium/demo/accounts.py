"""Who can log in to the demo, all with one password that is no secret."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission

from auditorium.enums import RoleKind
from auditorium.models import Hall, Role, User

PASSWORD = "litang123"  # noqa: S105 - printed at every start of a demo


@dataclass(frozen=True)
class Account:
    """One login: who, and in what words the launcher offers it. Without a role of the hall a service gives one."""

    username: str
    full_name: str
    role: str
    words: str
    hall: str = ""
    region: str = ""


ACCOUNTS = (
    Account("desk", "何晓燕", RoleKind.DESK, "宝善桥村文化礼堂 服务台", hall="宝善桥村文化礼堂"),
    Account("manager", "沈国强", RoleKind.HALL_MANAGER, "宝善桥村文化礼堂 负责人", hall="宝善桥村文化礼堂"),
    Account("shanwai", "王小英", RoleKind.DESK, "山外村文化礼堂 服务台（替班）", hall="山外村文化礼堂"),
    Account("houcang", "邬雅琴", RoleKind.DESK, "后仓村文化礼堂 服务台", hall="后仓村文化礼堂"),
    Account("county", "金慧", RoleKind.SUPERVISOR, "柯桥区 区域主管", region="330603000000"),
    Account("admin", "系统管理员", RoleKind.ADMINISTRATOR, "系统管理员"),
    Account("hospital", "陈静", "", "绍兴市示例中医院 经办人"),
)
_SEES_WHOLE_NUMBERS = (RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)
_NOT_IN_ADMIN = (RoleKind.DESK,)


def load(halls: dict[str, Hall]) -> dict[str, User]:
    """Create the users with their roles; return them by user name."""
    password = make_password(PASSWORD)  # once for all of them: hashing is slow on purpose
    whole_numbers = Permission.objects.get(codename="view_full_identity")
    users = {}
    for account in ACCOUNTS:
        is_administrator = account.role == RoleKind.ADMINISTRATOR
        hall = halls.get(account.hall)
        user = User.objects.create(
            username=account.username,
            full_name=account.full_name,
            password=password,
            is_staff=account.role not in _NOT_IN_ADMIN,
            is_superuser=is_administrator,
            current_hall=hall,
        )
        if account.role:
            Role.objects.create(user=user, role=account.role, hall=hall, region_id=account.region or None)
        if account.role in _SEES_WHOLE_NUMBERS:
            user.user_permissions.add(whole_numbers)
        users[user.username] = user
    return users


def at_desks(users: dict[str, User]) -> dict[str, User]:
    """Who sits at each hall's desk, by the hall's name."""
    return {account.hall: users[account.username] for account in ACCOUNTS if account.role == RoleKind.DESK}
