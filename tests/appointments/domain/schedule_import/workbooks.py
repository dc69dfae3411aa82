"""Spreadsheets as hospitals send them, built in memory."""

import io
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

HEADER = [
    "科室",
    "医生",
    "日期",
    "时段",
    "开始",
    "结束",
    "每段分钟",
    "号数",
    "类别",
    "挂号费(元)",
    "诊室",
    "医院",
    "分配给",
]
ROW = [
    "骨科",
    "李建国",
    "2026-11-24",
    "上午",
    "8:00",
    "11:30",
    30,
    30,
    "专家",
    50,
    "301",
    "柯桥区示例医院",
    "宝善桥村文化礼堂",
]


def row(**changes):
    """A good row, by heading, with some cells other than usual."""
    named = dict(zip(HEADER, ROW, strict=True))
    assert changes.keys() <= named.keys(), changes.keys() - named.keys()
    return list({**named, **changes}.values())


def saved(workbook):
    """The bytes of the file."""
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def sheet_of(*rows, header=HEADER, title="排班"):
    """A workbook of one plain sheet."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for cells in (header, *rows):
        sheet.append(cells)
    return saved(workbook)


def nasty():
    """Everything at once: see the comments beside the rows. Today is 23 November 2026, a Monday."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "11月排班"
    sheet.append(["柯桥区示例医院 2026年11月门诊排班表"])
    sheet.merge_cells("A1:M1")
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.append(["填表：门诊办 张老师"])
    sheet.append([])
    sheet.append(HEADER)  # row 4
    for cell in sheet[4]:
        cell.fill = PatternFill("solid", start_color="FFDDEEDD")
    sheet.append(row(日期=date(2026, 11, 24)))  # 5: a real date
    sheet.append([None, None, 46351, "下午", "1:30", "4点半", "半小时", "20个", "专家", "50元", "301", None, None])  # 6
    sheet["C6"].number_format = "General"  # a serial that lost its format
    sheet.merge_cells("A5:A6")
    sheet.merge_cells("B5:B6")
    sheet.merge_cells("L5:L6")
    sheet.merge_cells("M5:M6")
    sheet.append([])  # 7
    sheet.append(
        row(医生="王芳（副主任医师）", 日期="11月25日（周三）", 时段=None, 开始="8：00－11：30", 结束=None)
    )  # 8
    sheet.append(row(医生="赵敏", 日期="11月26日（周三）"))  # 9: it is a Thursday
    sheet.append(row(医生="孙丽", 号数=-3))  # 10
    sheet.append(row(医院="柯桥区示列医院"))  # 11: a slip of the pen
    sheet.append(row(时段="上午", 开始="9:00", 结束="12:00"))  # 12: as row 5, but other times
    sheet.append(row(医生="李建国", 时段="下午", 开始="11:00", 结束="17:00"))  # 13: begins while row 5 is on
    sheet.append(row(医生="周涛", 日期=datetime(2026, 11, 20)))  # 14: over
    sheet.append(row(医生="吴军", 日期="2026/11/27", 开始=time(8), 结束=time(11, 30), 分配给="柯桥区"))  # 15
    sheet.append(row(医生="吴军", 日期="2026/11/27", 开始=time(8), 结束=time(11, 30), 分配给="柯桥区"))  # 16: again
    sheet.append(row(医生=None, 科室="内科", 类别="普通"))  # 17: the ordinary clinic
    sheet.append(["合计", None, None, None, None, None, None, 180])  # 18
    sheet.append(["备注：以上时间如有变动，另行通知。"])  # 19
    sheet.merge_cells("A19:M19")
    hidden = workbook.create_sheet("旧表")
    hidden.append(HEADER)
    hidden.append(row())
    hidden.sheet_state = "hidden"
    workbook.create_sheet("说明").append(["请各科室核对"])
    return saved(workbook)


def last_words(parse, value, error):
    """The sentence with which a value is refused; a full stop when it is taken."""
    try:
        parse(value)
    except error as refused:
        return str(refused)
    return "。"
