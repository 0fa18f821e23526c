"""A local stand-in for the platform's REST API, with the manners and the vices that are known of the real one."""

from tests.fake_platform.account import FakeAccount, demo_account
from tests.fake_platform.server import FakePlatform
from tests.fake_platform.vices import Vices

__all__ = ["FakeAccount", "FakePlatform", "Vices", "demo_account"]
