"""Two phones, three modules and their builds: what the cast works with.

Three builds in the closed ring and one in the developer ring each, all of them out. alice has
the Xiaomi 13 (`fuxi`), bob the Xiaomi 10 (`umi`).
"""

from __future__ import annotations

import pytest_asyncio

from tests.cast import START, Cast
from tracker import database as door

_WORLD = f"""
INSERT INTO device_models (codename, name_zh, name_en, aliases, source) VALUES
    ('fuxi', '小米 13', 'Xiaomi 13', ARRAY['2211133C'], ''),
    ('umi', '小米 10', 'Xiaomi 10', ARRAY[]::varchar[], '');
INSERT INTO modules (slug, name_zh, name_en, owner, position) VALUES
    ('system', '系统', 'System', NULL, 1),
    ('lockscreen', '锁屏、状态栏、通知栏', 'Lockscreen, status bar, Notification shade', NULL, 2),
    ('camera', '相机', 'Camera', NULL, 3);
INSERT INTO builds
    (model, ring, version, position, built_on, listed, delayed_zh, delayed_en, published_at, source)
SELECT d.id, b.ring, b.version, b.position, b.built_on::date, false, '', '', '{START}', ''
FROM device_models d, (VALUES
    ('closed', '26.11.6', 1, '2026-11-05'),
    ('closed', '26.11.13', 2, '2026-11-12'),
    ('closed', '26.11.20', 3, '2026-11-19'),
    ('dev', '26.11.18', 1, '2026-11-17')) AS b (ring, version, position, built_on);
INSERT INTO person_devices (person, model, ring, build, added_at)
SELECT p.id, d.id, 'closed', b.id, '{START}' FROM people p, device_models d, builds b
WHERE (p.handle, d.codename) IN (('alice', 'fuxi'), ('bob', 'umi'))
    AND b.model = d.id AND b.version = '26.11.20';
"""


@pytest_asyncio.fixture
async def world(cast: Cast) -> None:
    await door.execute(_WORLD)


__all__ = ["world"]
