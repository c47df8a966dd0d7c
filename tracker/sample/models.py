"""The phones and modules of the story."""

from __future__ import annotations

from tracker.devices.tables import DeviceModel, Module
from tracker.people.tables import Person

# Codename, Chinese name, English name, the name on the box's label.
MODELS = (
    ("fuxi", "小米 13", "Xiaomi 13", "2211133C"),
    ("nuwa", "小米 13 Pro", "Xiaomi 13 Pro", "2210132C"),
    ("houji", "小米 14", "Xiaomi 14", "23127PN0CC"),
    ("mondrian", "Redmi K60", "Redmi K60", "23013RK75C"),
    ("cupid", "小米 12", "Xiaomi 12", "2201123C"),
    ("pipa", "小米平板 6", "Xiaomi Pad 6", "23043RP34C"),
    ("zizhan", "小米 MIX Fold 2", "Xiaomi MIX Fold 2", "22061218C"),
)

CODENAMES = tuple(model[0] for model in MODELS)

DEV_MODELS = ("fuxi", "houji", "mondrian")
"""Those that have a developer ring too."""

# Slug, names, owner; in the order of a changelog.
MODULES = (
    ("system", "系统", "System", "erin"),
    ("lockscreen", "锁屏、状态栏、通知栏", "Lock screen, status bar, notifications", "erin"),
    ("home", "桌面", "Home screen", "lin"),
    ("camera", "相机", "Camera", "lin"),
    ("gallery", "相册", "Gallery", "lin"),
    ("phone", "电话、短信", "Phone and messages", "jonas"),
    ("network", "网络、蓝牙", "Network and Bluetooth", "jonas"),
    ("battery", "电池、性能", "Battery and performance", "jonas"),
    ("settings", "设置", "Settings", "erin"),
    ("assistant", "小爱同学", "Xiao AI", "lin"),
    ("security", "手机管家", "Security", "erin"),
    ("notes", "便签、日历", "Notes and calendar", "jonas"),
)


async def add_models_and_modules(people: dict[str, Person]) -> None:
    await DeviceModel.insert(
        *(
            DeviceModel(codename=codename, name_zh=zh, name_en=en, aliases=[label])
            for codename, zh, en, label in MODELS
        )
    )
    await Module.insert(
        *(
            Module(slug=slug, name_zh=zh, name_en=en, owner=people[owner].id, position=position)
            for position, (slug, zh, en, owner) in enumerate(MODULES, start=1)
        )
    )
