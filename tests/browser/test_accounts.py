"""Signing in, protecting the account and lending a kiosk, in a real browser, on a phone and on a desk."""

import os
import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from guangcai.accounts import commands, kiosk, sms
from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.orgs.roles import Role
from tests.cast import Cast, grant

PHONE, PASSWORD = "13800000777", "nanyuan-harbour-7"
Look = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _own_start(settings: Any) -> None:
    settings.LOGIN_REDIRECT_URL = "/account/"


@pytest.fixture
def user(transactional_db: None, now: datetime) -> User:
    return commands.add_user(name="王芳", phone=PHONE, password=PASSWORD, by=Actor.system(), now=now)


@pytest.fixture
def look(axe: Any, no_sideways_scroll: Any) -> Look:
    """Axe, width, and a picture in the folder GUANGCAI_LOOK when somebody wants to see."""

    def check(page: Page, name: str) -> None:
        axe(page)
        no_sideways_scroll(page)
        if folder := os.environ.get("GUANGCAI_LOOK"):
            width = (page.viewport_size or {"width": 0})["width"]
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)

    return check


def fill_sign_in(page: Page, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.get_by_label("手机号").fill("138 0000 0777")
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_comes_in_with_a_password_and_looks_around(screen: str, user: User, look: Look, request: Any) -> None:
    page: Page = request.getfixturevalue(screen)
    page.goto("/account/login/")
    look(page, "sign-in")
    fill_sign_in(page, "wrong-password")
    expect(page.get_by_role("alert")).to_contain_text("手机号或密码不对")
    expect(page.get_by_label("手机号")).to_have_value(re.compile("138"))
    look(page, "sign-in-refused")
    fill_sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("账号与安全")
    expect(page.locator("main")).to_contain_text("138****0777")
    look(page, "account")
    for link, name in [
        ("登录设备", "devices"),
        ("程序密钥", "keys"),
        ("两步验证", "second-factor"),
        ("密码", "password"),
    ]:
        page.goto("/account/")
        page.get_by_role("link", name=link).first.click()
        look(page, name)
    page.goto("/account/keys/")
    page.get_by_label("这个密钥做什么用？").fill("统计大屏")
    page.get_by_role("button", name="新建").click()
    expect(page.locator(".gc-secret")).to_have_text(re.compile(r"gc_\w{43}"))
    look(page, "keys-new")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_comes_in_with_a_code(
    screen: str, user: User, look: Look, request: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page: Page = request.getfixturevalue(screen)
    sent: list[str] = []
    monkeypatch.setattr(sms, "send_code", lambda phone, *, code, text: sent.append(code))
    page.goto("/account/login/")
    page.get_by_role("link", name="短信验证码登录").click()
    look(page, "code-request")
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("输入验证码")
    page.get_by_text("没收到短信？").click()
    look(page, "code-confirm")
    page.get_by_label("短信验证码").fill(sent[0])
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("账号与安全")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_overseer_sets_up_an_app(
    screen: str, cast: Cast, transactional_db: None, look: Look, request: Any, now: datetime
) -> None:
    page: Page = request.getfixturevalue(screen)
    overseer = commands.add_user(name="新督导", phone=PHONE, password=PASSWORD, by=Actor.system(), now=now)
    grant(overseer, Role.STREET_OVERSEER, node=cast.street)
    Authenticator.objects.filter(user=overseer).delete()
    fill_sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("开始之前，还差一步")
    look(page, "factor-needed")
    page.get_by_role("link", name="手机验证器").click()
    page.get_by_text("扫不了").click()
    look(page, "app-set-up")
    secret = page.locator(".gc-secret").inner_text()
    page.get_by_label("六位数字").fill(totp(secret))
    page.get_by_role("button", name="完成设置").click()
    expect(page.locator(".gc-codes li")).to_have_count(10)
    look(page, "recovery-codes")
    spare = page.locator(".gc-codes li").first.inner_text()
    expect(page.get_by_role("link", name="我已保存")).to_be_visible()
    page.goto("/account/")
    expect(page.get_by_role("heading", level=1)).to_have_text("账号与安全")
    page.context.clear_cookies()
    fill_sign_in(page)
    look(page, "second-step")
    page.get_by_label("验证器上的数字").fill(spare)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("账号与安全")


def test_passkey_is_set_up_and_signs_in_alone(desk: Page, user: User, look: Look) -> None:
    device = desk.context.new_cdp_session(desk)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    fill_sign_in(desk)
    desk.goto("/account/second-factor/passkeys/new/")
    look(desk, "passkey-new")
    desk.get_by_role("button", name="完成设置").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("备用码")
    desk.goto("/account/second-factor/")
    look(desk, "second-factor-on")
    desk.context.clear_cookies()
    desk.goto("/account/login/")
    desk.get_by_role("button", name="用指纹、人脸或锁屏密码登录").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("账号与安全")
    desk.goto("/account/second-factor/")
    desk.get_by_role("link", name="Linux").click()
    desk.get_by_role("link", name="删除这个通行密钥").click()
    look(desk, "passkey-removal")
    desk.get_by_role("button", name="删除这个通行密钥").click()
    expect(desk.get_by_role("status").first).to_contain_text("通行密钥已删除")


def test_passkey_that_does_not_answer_says_so(desk: Page, user: User) -> None:
    device = desk.context.new_cdp_session(desk)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": False}
    options |= {"hasResidentKey": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    desk.goto("/account/login/")
    desk.get_by_role("button", name="用指纹、人脸或锁屏密码登录").click()
    expect(desk.get_by_text("没有成功。请再试一次")).to_be_visible()


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_kiosk_is_lent_and_taken_back(
    screen: str, cast: Cast, transactional_db: None, sign_in: Any, look: Look, request: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(kiosk, "_tasks", [kiosk.KioskTask("签到", "core:privacy", "clipboard-check")])
    page: Page = request.getfixturevalue(screen)
    sign_in(page, cast.desk)
    page.goto("/account/kiosk/new/")
    look(page, "kiosk-start")
    page.get_by_label("结束口令").fill("4071")
    page.get_by_role("button", name="开始自助模式").click()
    expect(page.get_by_role("link", name="签到")).to_be_visible()
    look(page, "kiosk")
    page.goto("/account/")
    expect(page.get_by_role("link", name="签到")).to_be_visible()
    page.get_by_role("link", name="结束自助模式").click()
    look(page, "kiosk-end")
    page.get_by_label("口令").fill("4071")
    page.get_by_role("button", name="结束自助模式").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_signs_in_with_scripts_off(new_page: Any, user: User) -> None:
    page = new_page(width=390, height=844, java_script_enabled=False)
    fill_sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("账号与安全")
    page.goto("/account/login/")
    expect(page.get_by_role("button", name="用指纹")).to_have_count(0)
