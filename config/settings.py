"""One settings file for trial, tests and production; what differs comes from the environment (.env.example)."""

import os
from datetime import timedelta
from pathlib import Path

import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import ROOT, VAR, env, secret
from guangcai.cli import postgres
from guangcai.core.logs import without_query

BASE_DIR = ROOT
if (ROOT / ".env").is_file():
    env.read_env(ROOT / ".env")

DEBUG = env.bool("GUANGCAI_DEBUG", default=False)
DEMO = env.bool("GUANGCAI_DEMO", default=False)
SECRET_KEY = secret("GUANGCAI_SECRET_KEY")
# "1:base64,2:base64": the last key seals, every key opens, the first makes blind indexes. Kept outside the database.
GUANGCAI_KEYS = secret("GUANGCAI_KEYS")
ALLOWED_HOSTS = env.list("GUANGCAI_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("GUANGCAI_ORIGINS", default=[])
# Where people reach the site: QR codes and messages carry it.
SITE_URL = env.str("GUANGCAI_SITE_URL", default="http://127.0.0.1:8000")
BEHIND_TLS = env.bool("GUANGCAI_TLS", default=False)
INTERNAL_IPS = ["127.0.0.1"]

INSTALLED_APPS = [
    "guangcai.core",
    "guangcai.matching",
    "guangcai.accounts",
    "guangcai.orgs",
    "guangcai.members",
    "guangcai.places",
    "guangcai.ledger",
    "guangcai.commitments",
    "guangcai.posts",
    "guangcai.zones",
    "guangcai.teams",
    "guangcai.care",
    "guangcai.pledges",
    "guangcai.activities",
    "guangcai.cases",
    "guangcai.wishes",
    "guangcai.councils",
    "guangcai.mediation",
    "guangcai.studios",
    "guangcai.invitations",
    "guangcai.appraisal",
    "guangcai.reports",
    "guangcai.portal",
    "guangcai.api",
    "guangcai.cli",
    "guangcai.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "template_partials",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_prometheus",
    "django_structlog",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guangcai.core.middleware.content_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "guangcai.core.middleware.preferences",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "guangcai.accounts.middleware.api_token",
    "guangcai.orgs.middleware.actor",
    "guangcai.accounts.middleware.keep_no_copies",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "guangcai.accounts.middleware.KioskOnly",
    "guangcai.accounts.middleware.SecondFactor",
    "guangcai.core.middleware.SignInFirst",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "guangcai.core.middleware.read_only_get",
    "guangcai.core.middleware.DomainErrors",
    "guangcai.orgs.middleware.MergedCommunities",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guangcai.core.context_processors.site",
            ],
            # Listed by hand so that partials load without wrapping at start.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials", "django.templatetags.i18n"],
        },
    }
]

# Without a server of one's own this is the private one (guangcai.cli.postgres); the address alone starts nothing.
database = env.db_url_config(os.environ.get("DATABASE_URL") or postgres.url())
DATABASES = {
    "default": {
        **database,
        "ENGINE": "guangcai.core.database",
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            **database.get("OPTIONS", {}),
            # From the first time on, for the statements that ask for it (core.database).
            "prepare_threshold": 0,
            "pool": {"min_size": 0, "max_size": env.int("GUANGCAI_POOL", default=8), "timeout": 20},
            "options": "-c statement_timeout=60000 -c lock_timeout=20000 -c idle_in_transaction_session_timeout=60000",
        },
        "TEST": {"NAME": env.str("GUANGCAI_TEST_DATABASE", default="test_guangcai")},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["guangcai.orgs.sign_in.Backend"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "guangcai.core.views.csrf_failure"

# Signing in (guangcai.accounts). allauth's own counts per address are off: 1,000 people may stand behind one;
# accounts.rules counts instead, generously per address and strictly per phone.
ACCOUNT_ADAPTER = "guangcai.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "request_login_code": None,
    "login_failed": "10/15m/key",  # second factors, per account
    "reauthenticate": "20/m/user",
    "change_password": "10/m/user",
}
ACCOUNT_FORMS = {
    "login": "guangcai.accounts.forms.SignInForm",
    "request_login_code": "guangcai.accounts.forms.RequestCodeForm",
    "confirm_login_code": "guangcai.accounts.forms.ConfirmCodeForm",
    "reauthenticate": "guangcai.accounts.forms.PasswordAgainForm",
    "change_password": "guangcai.accounts.forms.ChangePasswordForm",
    "set_password": "guangcai.accounts.forms.SetPasswordForm",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("GUANGCAI_PROXIES", default=int(BEHIND_TLS))
MFA_ADAPTER = "guangcai.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # phones whose clock is half a minute off
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_FORMS = {
    "authenticate": "guangcai.accounts.forms.SecondFactorForm",
    "reauthenticate": "guangcai.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "guangcai.accounts.forms.ActivateAppForm",
    "authenticate_webauthn": "guangcai.accounts.forms.PasskeyForm",
    "login_webauthn": "guangcai.accounts.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "guangcai.accounts.forms.PasskeyAgainForm",
    "add_webauthn": "guangcai.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "guangcai.accounts.forms.RenamePasskeyForm",
}
# Sessions hold codes and phones while somebody signs in: they are sealed like every sensitive column.
SESSION_ENGINE = "guangcai.orgs.sign_in"
# Whose role is in this set has a second factor or sets one up first. Named, because accounts lie below orgs.
GUANGCAI_SECOND_FACTOR_ROLES = "guangcai.orgs.roles.NEEDS_SECOND_FACTOR"
GUANGCAI_TOKEN_PATHS = ("/api/",)
# Requests of one user in a minute and server process; beyond them the API answers 429.
GUANGCAI_API_PER_MINUTE = env.int("GUANGCAI_API_PER_MINUTE", default=6000)
# Hosts of other systems that may be called (guangcai listeners): exact names, none by default.
GUANGCAI_HOOK_HOSTS = frozenset(env.list("GUANGCAI_HOOK_HOSTS", default=[]))
# console prints (trial), http posts to a gateway (accounts/sms.py says how).
GUANGCAI_SMS_BACKEND = env.str("GUANGCAI_SMS_BACKEND", default="console")
GUANGCAI_SMS_URL = env.str("GUANGCAI_SMS_URL", default="")
GUANGCAI_SMS_KEY = secret("GUANGCAI_SMS_KEY") if GUANGCAI_SMS_BACKEND == "http" else ""

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("GUANGCAI_STATIC", default=str(VAR / "static")))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "guangcai.core.rendering.QuickSelects"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # The default of 300 would forget counted tries while they count.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": structlog.stdlib.ProcessorFormatter, "processor": structlog.processors.JSONRenderer()},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("GUANGCAI_LOG_LEVEL", default="WARNING")},
}
# Addresses tell who somebody is, and anybody can claim another one in a header.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
structlog.configure(
    processors=[
        # Lines below the level are dropped before anything is made of them.
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        without_query,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

# allauth's own pages: confirmation codes and second factors keep state of the sign-in itself.
READ_GUARD_EXEMPT = ("/account/",)

# Messages (guangcai.core.notify): apprise addresses of the office's own robots and mailbox. Users never type these.
MESSAGE_URLS = {
    "chat": env.list("GUANGCAI_CHAT_URLS", default=[]),
    "mail": env.list("GUANGCAI_MAIL_URLS", default=[]),
}
# Tests set it: background work is done at once, in the caller's transaction.
JOBS_INLINE = False
# Folders with Chinese fonts for PDFs, before the machine's own (guangcai.core.documents).
FONT_PATHS = env.list("GUANGCAI_FONTS", default=[])
# The district's own Word templates, <room>/<paper>.docx; empty: those delivered.
PAPERS_PATH = env.str("GUANGCAI_PAPERS", default="")

# What a stranger may open; every other address asks him to sign in first. The API answers 401 by itself.
PUBLIC_ADDRESSES = frozenset(
    {
        "core:healthz",
        "core:readyz",
        "core:metrics",
        "core:preferences",
        "core:language",
        "core:privacy",
        "core:gallery",
        "core:gallery_part",
        "portal:home",
        "portal:suggestion",
        "portal:suggestion_followed",
        "members:door",
        "members:door_received",
        "members:door_phone",
        "members:door_code",
        "ledger:verification",
        "ledger:verification_of",
        # The directory of service points is for everybody.
        "places:directory",
        "places:point",
        # A calendar program has no session: the secret in the address is what it shows.
        "feeds:feed",
        # The door of a shift leads to the sign-in by itself and keeps the code meanwhile.
        "activities:here",
        "activities:here_offline",
        "activities:check_ins",
        "activities:worker",
        # A kiosk has a session of its own.
        "activities:pad",
        "accounts:kiosk",
        "accounts:kiosk_end",
        # What residents read behind the code of a plate.
        "teams:public_plate",
        # A resident asks without an account and follows it by a code.
        "cases:public",
        "cases:public_shelves",
        "cases:public_ask",
        "cases:public_received",
        "cases:public_follow",
        "cases:public_case",
        "cases:public_photo",
        "cases:public_word",
        # Studios: when they open, a number, an appointment, one's turn; numbers on the hall's screen.
        "studios:public",
        "studios:public_community",
        "studios:public_studio",
        "studios:public_numbers",
        "studios:public_appointments",
        "studios:public_follow",
        "studios:public_number",
        "studios:public_end",
        "studios:hall",
        # What units promised a community, kept and late, and the story of each matter.
        "councils:public",
        "councils:public_communities",
        "councils:public_matter",
        # The wall of wishes, making one, and following it with its code.
        "wishes:walls",
        "wishes:wall",
        "wishes:ask",
        "wishes:follow",
        "wishes:followed",
        "wishes:taking_back",
    }
)
PUBLIC_PREFIXES = ("account_", "mfa_", "api:", "open311:")
