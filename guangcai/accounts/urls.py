"""Addresses under /account/. allauth finds its pages by name; those that make no sense here have no address:
sign-up (accounts are made by people who may), mail addresses, resetting a password by mail.
"""

from allauth.mfa.recovery_codes.views import download_recovery_codes
from django.urls import include, path

from guangcai.accounts.views import account, kiosk, second_factor, sign_in

own = [
    path("", account.account, name="account"),
    path("sessions/", account.sessions, name="sessions"),
    path("sessions/others/end/", account.other_sessions_end, name="other_sessions_end"),
    path("sessions/<int:row_id>/end/", account.session_end, name="session_end"),
    path("keys/", account.tokens, name="tokens"),
    path("keys/<uuid:token_id>/revocation/", account.token_revoke, name="token_revoke"),
    path("second-factor/needed/", second_factor.needed, name="second_factor_needed"),
    path("kiosk/", kiosk.home, name="kiosk"),
    path("kiosk/new/", kiosk.start, name="kiosk_start"),
    path("kiosk/end/", kiosk.end, name="kiosk_end"),
    path("kiosk/<uuid:kiosk_id>/end/", kiosk.end_afar, name="kiosk_end_afar"),
]
entrance = [
    path("login/", sign_in.SignIn.as_view(), name="account_login"),
    path("login/code/", sign_in.RequestCode.as_view(), name="account_request_login_code"),
    path("login/code/confirm/", sign_in.ConfirmCode.as_view(), name="account_confirm_login_code"),
    path("login/passkey/", second_factor.SignInPasskey.as_view(), name="mfa_login_webauthn"),
    path("login/second-factor/", second_factor.Authenticate.as_view(), name="mfa_authenticate"),
    path("logout/", sign_in.SignOut.as_view(), name="account_logout"),
    path("closed/", sign_in.Closed.as_view(), name="account_inactive"),
    path("password/", sign_in.ChangePassword.as_view(), name="account_change_password"),
    path("password/new/", sign_in.SetPassword.as_view(), name="account_set_password"),
    path("again/", sign_in.PasswordAgain.as_view(), name="account_reauthenticate"),
]
factors = [
    path("", second_factor.overview, name="mfa_index"),
    path("again/", second_factor.Reauthenticate.as_view(), name="mfa_reauthenticate"),
    path("app/", second_factor.ActivateApp.as_view(), name="mfa_activate_totp"),
    path("app/removal/", second_factor.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("recovery-codes/", second_factor.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", second_factor.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("recovery-codes/download/", download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys/", second_factor.overview, name="mfa_list_webauthn"),
    path("passkeys/new/", second_factor.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("passkeys/again/", second_factor.ReauthenticatePasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/name/", second_factor.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/removal/", second_factor.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
]
urlpatterns = [path("", include((own, "accounts"))), *entrance, path("second-factor/", include(factors))]
