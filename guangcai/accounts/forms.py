"""What people type to sign in and to protect their account. Big fields, the right keyboard, paste works."""

import struct
from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guangcai.accounts import rules
from guangcai.accounts.adapter import AccountAdapter
from guangcai.accounts.fields import PhoneField
from guangcai.accounts.kiosk import KioskPlace

CODE_INPUT = {
    "inputmode": "numeric",
    "autocomplete": "one-time-code",
    "autocapitalize": "off",
    "spellcheck": "false",
    "maxlength": "20",
    "class": "gc-code",
}
STAY_HELP = _("For 14 days, on this device. Leave it empty on a computer that others use.")


def code_field(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=20, widget=forms.TextInput(attrs=CODE_INPUT))


def password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "maxlength": "128"})
    return forms.CharField(label=label, help_text=help_text, strip=False, max_length=128, widget=widget)


class StayField(forms.BooleanField):
    """Whether the session outlives the browser window."""

    def __init__(self) -> None:
        super().__init__(required=False, label=_("Stay signed in"), help_text=STAY_HELP)


class SignInForm(account_forms.LoginForm):
    """Phone and password."""

    password = password_field(_("Password"), "current-password")
    remember = StayField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = PhoneField()
        self.fields["login"].widget.attrs["autocomplete"] = "tel webauthn"
        self.order_fields(["login", "password", "remember"])


class RequestCodeForm(account_forms.RequestLoginCodeForm):
    """Phone, to which a code goes."""

    remember = StayField()
    _user: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = PhoneField()
        self.order_fields(["phone", "remember"])

    def clean_phone(self) -> str:
        """Counted before anybody is looked up: known and unknown phones meet the same limits."""
        adapter, phone = AccountAdapter(), self.cleaned_data["phone"]
        taken = [
            (rules.CODES_OF_ADDRESS, adapter.get_client_ip(adapter.request)),
            (rules.CODES_OF_PHONE_PER_HOUR, phone),
            (rules.CODES_OF_PHONE_PER_MINUTE, phone),
        ]
        if not adapter.take_all(taken):
            raise adapter.validation_error("too_many_codes")
        self._user = adapter.get_user_by_phone(phone)
        return str(phone)


class ConfirmCodeForm(account_forms.ConfirmLoginCodeForm):
    code = code_field(_("Code from the message"))


class PasswordAgainForm(account_forms.ReauthenticateForm):
    password = password_field(_("Password"), "current-password")


class _NewPassword:
    """The password twice: without scripts nobody can look at what he typed."""

    def add_new(self) -> None:
        hint = _("At least 10 characters, not digits alone. A short sentence is easy to remember.")
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        fields["password1"].label, fields["password1"].help_text = _("New password"), hint
        fields["password2"].label = _("New password once more")
        for name in ("password1", "password2"):
            fields[name].widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = self.cleaned_data  # type: ignore[attr-defined]
        first, second = typed.get("password1"), typed.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))  # type: ignore[attr-defined]
        return typed


class ChangePasswordForm(_NewPassword, account_forms.ChangePasswordForm):
    """Current and new password. Who has just come in with a code may have forgotten the current one."""

    oldpassword = password_field(_("Current password"), "current-password")

    def __init__(self, *args: Any, came_by_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_new()
        if came_by_code:
            del self.fields["oldpassword"]


class SetPasswordForm(_NewPassword, account_forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_new()


FACTOR_HELP = _("Six digits from the app on your phone, or one of your recovery codes.")


class SecondFactorForm(factor_forms.AuthenticateForm):
    code = code_field(_("Code from the app"), FACTOR_HELP)


class SecondFactorAgainForm(factor_forms.ReauthenticateForm):
    code = code_field(_("Code from the app"), FACTOR_HELP)


class ActivateAppForm(ActivateTOTPForm):
    code = code_field(_("Six digits that the app shows now"))


# What fido2 raises over an answer that no device gave: missing parts, wrong kinds, bytes that end too soon.
NO_ANSWER = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)


NO_PASSKEY = _("The device gave no passkey. Try again.")


class _DeviceAnswer:
    """A made-up answer of a device is a wrong code, not a fault of the server."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NO_ANSWER as nonsense:
            raise get_factor_adapter().validation_error("incorrect_code") from nonsense


class PasskeyForm(_DeviceAnswer, passkey_forms.AuthenticateWebAuthnForm):
    pass


class PasskeySignInForm(_DeviceAnswer, passkey_forms.LoginWebAuthnForm):
    pass


class PasskeyAgainForm(_DeviceAnswer, passkey_forms.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):
    """A passkey's name; the key itself is filled in by the script."""

    credential = forms.JSONField(
        label=_("Passkey"),
        widget=forms.HiddenInput,
        error_messages={"required": NO_PASSKEY, "invalid": NO_PASSKEY},
    )
    name = forms.CharField(
        label=_("Name of this device"),
        help_text=_("So that you recognise it in the list later."),
        max_length=60,
        required=False,
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone"),
        help_text=_("No password and no code: fingerprint, face or screen lock is enough."),
        required=False,
        initial=True,
    )

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except NO_ANSWER as nonsense:
            raise get_factor_adapter().validation_error("incorrect_code") from nonsense


class RenamePasskeyForm(passkey_forms.EditWebAuthnForm):
    name = forms.CharField(label=_("Name of this device"), max_length=60)


class TokenForm(forms.Form):
    """What a key for a program is for."""

    label = forms.CharField(label=_("What is the key for?"), max_length=60, help_text=_("Such as: statistics screen"))


class StartKioskForm(forms.Form):
    """The community, if there is a choice, and the PIN that ends the kiosk."""

    place = forms.ChoiceField(label=_("Community"))
    pin = forms.CharField(
        label=_("PIN to end it"),
        help_text=_("Four to six digits of your choice. Who knows it gives the device back to the desk."),
        min_length=4,
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "gc-code"}),
    )

    def __init__(self, *args: Any, places: tuple[KioskPlace, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {str(place.node_id): place for place in places}
        self.fields["place"].choices = [(key, place.name) for key, place in self.places.items()]
        if len(places) == 1:
            self.fields["place"].widget, self.fields["place"].initial = forms.HiddenInput(), places[0].node_id

    @property
    def chosen(self) -> KioskPlace:
        return self.places[self.cleaned_data["place"]]


class EndKioskForm(forms.Form):
    pin = forms.CharField(
        label=_("PIN"),
        max_length=6,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "gc-code"}),
    )


def stay_seconds(stay: bool) -> int:
    """How long the session cookie lives: 14 days, or until the browser is closed (0)."""
    return settings.SESSION_COOKIE_AGE if stay else 0
