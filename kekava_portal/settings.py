"""Settings: one file; everything that differs between machines is an environment variable.

`PORTAL_MODE=embedded` (the default) needs nothing but this folder: SQLite, messages between processes as files, mails
as files, a secret key made on first start.  It answers only on the machine's own names.
`PORTAL_MODE=production` refuses to start until everything that makes it safe is given (see docs/operations.md).
A secret `NAME` may also be given as `NAME_FILE`, the path of a file that holds it.
"""

import os
import re
import secrets
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environ.fileaware_mapping import FileAwareMapping


class _SecretsInFiles(FileAwareMapping):
    def __getitem__(self, name):
        try:
            return super().__getitem__(name)
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not a text in UTF-8"
            file = self.env[f"{name}_FILE"]
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read, '{file}': {why}.") from None


env = environ.FileAwareEnv()
env.ENVIRON = _SecretsInFiles()
BASE_DIR = Path(__file__).resolve().parent.parent

PORTAL_MODE = env.str("PORTAL_MODE", "embedded")
if PORTAL_MODE not in ("embedded", "production"):
    raise ImproperlyConfigured(f"PORTAL_MODE is '{PORTAL_MODE}', it must be 'embedded' or 'production'.")
EMBEDDED = PORTAL_MODE == "embedded"
DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / "var").expanduser().resolve()


def _required(name: str) -> str:
    """The value of `name`, which production must be told and the embedded mode does not need."""
    value = env.str(name, "").strip()  # a file usually ends with a line break
    if not value and not EMBEDDED:
        raise ImproperlyConfigured(f"{name} (or {name}_FILE) must be set when PORTAL_MODE is 'production'.")
    return value


def _own_secret_key() -> str:
    """A key made once for this data folder; whoever makes it first wins, also when two processes start together."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        draft = DATA_DIR / f"secret_key.{os.getpid()}"
        draft.write_text(secrets.token_urlsafe(50))
        draft.chmod(0o600)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


DEBUG = env.bool("DEBUG", False)
SECRET_KEY = _required("SECRET_KEY") or _own_secret_key()
if not EMBEDDED and (DEBUG or len(SECRET_KEY) < 40):
    raise ImproperlyConfigured("Production needs a SECRET_KEY of at least 40 characters and no DEBUG.")
PUBLIC_URL = (_required("PUBLIC_URL") or f"http://localhost:{env.str('PORT', '') or 8000}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if EMBEDDED else [])
if not EMBEDDED and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the host names of the portal when PORTAL_MODE is 'production'.")
HTTPS = env.bool("HTTPS", not EMBEDDED)  # off only where tests run the production shape without a proxy
if not EMBEDDED and not PUBLIC_URL.startswith("https://" if HTTPS else "http://localhost:"):
    raise ImproperlyConfigured("PUBLIC_URL must begin with https://: mails carry personal links to it.")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []

INSTALLED_APPS = [
    "neighbourhoods",
    "people",
    "notices",
    "events",
    "councils",
    "elections",
    "dashboard",
    "allauth",
    "allauth.account",
    "import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "people.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "people.middleware.ButtonsOnlyMiddleware",
    "kekava_portal.middleware.NoNulInAddressMiddleware",
]
ROOT_URLCONF = "kekava_portal.urls"
WSGI_APPLICATION = "kekava_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "people.context_processors.portal",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "neighbourhoods.templatetags.portal",
                "neighbourhoods.templatetags.components",
            ],
        },
    }
]
FORM_RENDERER = "kekava_portal.forms.PortalRenderer"

# --- data ------------------------------------------------------------------------------------------------------------
DATABASE_URL = _required("DATABASE_URL")
if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must be a postgres:// address; without it the database is embedded.")
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # the pool keeps the connections
    DATABASES["default"]["ENGINE"] = "kekava_portal.postgresql"  # whose pool gives nobody a connection that is dead
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),  # what the address says, for example sslmode=verify-full
        # A server that went without a word is noticed while nobody waits for it.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,  # milliseconds
        # `reconnect_timeout`: the pauses between attempts double, so after a long outage the next one must begin anew.
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 8), "timeout": 20, "reconnect_timeout": 20},
        # A statement is planned once per connection and not at every call.
        "server_side_binding": True,
        "prepare_threshold": 2,
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "portal.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # A transaction takes the write lock at its start: upgrading a read lock later fails at once, unwaited.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
            },
            "TEST": {"NAME": DATA_DIR / "test.sqlite3"},  # a file: shared-cache memory ignores the timeout
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = _required("REDIS_URL")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "kekava_portal.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "kp",
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 1, "IGNORE_EXCEPTIONS": True},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
# Pages for visitors who are not logged in are kept this long (seconds); 0 keeps none.
PAGE_CACHE_SECONDS = env.int("PAGE_CACHE_SECONDS", 15)
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a dead cache logs nobody out
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# --- background work -------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "embedded://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object]
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 0.5,
        "socket_timeout": 5,
        "max_retries": 0,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "broker" / "queue"),
        "data_folder_out": str(DATA_DIR / "broker" / "queue"),
        "control_folder": str(DATA_DIR / "broker" / "control"),
        "polling_interval": 0.25,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False  # the row is the truth, the queue a nudge: beat comes by every minute anyway
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
_tick = env.int("BEAT_SECONDS", 60)  # how often the sweeps run
CELERY_BEAT_SCHEDULE = {
    "notices-deliver": {"task": "notices.tasks.deliver", "schedule": _tick, "options": {"expires": _tick}},
    "events-sweep": {"task": "events.tasks.sweep", "schedule": _tick, "options": {"expires": _tick}},
    "councils-sweep": {"task": "councils.tasks.sweep", "schedule": _tick, "options": {"expires": _tick}},
    "councils-remind": {"task": "councils.tasks.remind", "schedule": crontab(hour="7-20", minute=10)},
    "councils-forget": {"task": "councils.tasks.forget", "schedule": crontab(hour=3, minute=30)},
    "people-forget": {"task": "people.tasks.forget", "schedule": crontab(hour=3, minute=20)},
}

# --- mail ------------------------------------------------------------------------------------------------------------
EMAIL_URL = _required("EMAIL_URL")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
    EMAIL_BACKEND = "notices.smtp.Backend"
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "notices.mailbox.FolderBackend"
NOTICE_LEASE_SECONDS = env.int("NOTICE_LEASE_SECONDS", 600)  # a message in the hands of a dead worker waits this long
NOTICE_RETRY_SECONDS = env.int("NOTICE_RETRY_SECONDS", 60)  # after a refused message; doubled each time
MAIL_FOLDER = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Iedzīvotāju padomes <padomes@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- people and log-in -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["people.backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard:my"
LOGOUT_REDIRECT_URL = "dashboard:home"
ACCOUNT_ADAPTER = "notices.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_FORMS = {
    "login": "people.forms.LoginForm",
    "signup": "people.forms.ResidentSignupForm",
    "add_email": "people.forms.NewAddressForm",
    "change_password": "people.forms.ChangePasswordForm",
    "set_password": "people.forms.SetPasswordForm",
    "reset_password": "people.forms.ResetPasswordForm",
    "reset_password_from_key": "people.forms.NewPasswordForm",
    "reauthenticate": "people.forms.ReauthenticateForm",
    "request_login_code": "people.forms.RequestLoginCodeForm",
    "confirm_login_code": "people.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "people.forms.ConfirmEmailCodeForm",
    "confirm_password_reset_code": "people.forms.ConfirmPasswordResetCodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True  # one address for each account, replaced when the new one is proved
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
CODE_MINUTES = env.int("CODE_MINUTES", 30)  # long enough for a mail server that is away for a while
CODES_PER_HOUR = env.int("CODES_PER_HOUR", 12)  # mailed for one account
# allauth counts from the first code; a code sent anew must work as long as its mail says, too
ACCOUNT_LOGIN_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 2 * CODE_MINUTES * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 2 * CODE_MINUTES * 60
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}  # three attempts for each code
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # with the password, before the address is changed
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0 if EMBEDDED else 1)

# --- the portal's own numbers that are not the regulation's (those are in councils/regulation.py) --------------------
HOLD_HOURS = env.float("HOLD_HOURS", 2)  # an RSVP without account waits this long for its link to be opened
OFFER_HOURS = env.float("OFFER_HOURS", 24)  # a free seat is offered this long, less near the start
JOIN_LINK_MINUTES = env.int(
    "JOIN_LINK_MINUTES", 60
)  # the link to an event online is shown from so long before its start
CHECK_IN_HOURS = env.int("CHECK_IN_HOURS", 4)  # arrivals are noted from so long before the start
HOLDS_PER_ADDRESS = env.int("HOLDS_PER_ADDRESS", 5)  # unconfirmed RSVPs one e-mail address may have at a time
HOLDS_PER_NETWORK = env.int("HOLDS_PER_NETWORK", 20)  # … people on them from one network (IPv4 /24, IPv6 /56)
ANSWER_CODE_MINUTES = env.int("ANSWER_CODE_MINUTES", 10)  # a code to a responding officer's link works this long
ANSWER_CODE_TRIES = env.int("ANSWER_CODE_TRIES", 5)  # … and for so many attempts
ANSWER_CODES_PER_HOUR = env.int("ANSWER_CODES_PER_HOUR", 5)  # mailed for one link
ANSWER_HOURS = env.float("ANSWER_HOURS", 3)  # the code opens the link in that browser for so long
AUDIT_DAYS = env.int("AUDIT_DAYS", 365)
GUEST_DAYS = env.int("GUEST_DAYS", 30)  # a guest's name and address are erased this long after the event
UNCONFIRMED_DAYS = env.int("UNCONFIRMED_DAYS", 7)  # an account whose address nobody proved is removed after this long

# --- language, time, files -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "lv"
LANGUAGES = [("lv", _("Latvian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "valoda"
TIME_ZONE = CELERY_TIMEZONE = "Europe/Riga"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "static_collected")))
if EMBEDDED:
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_MAX_AGE = 60
else:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
MEDIA_ROOT = DATA_DIR / "media"  # served by views alone, never by an address of its own
FILE_MEGABYTES = env.int("FILE_MEGABYTES", 20)  # the largest file that is taken; the proxy's limit is beside it

# --- security --------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Sites that may show the list of events in a frame, e.g. https://www.example.org; nobody unless named here.
EMBED_ORIGINS = env.list("EMBED_ORIGINS", default=[])
for _origin in EMBED_ORIGINS:
    if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", _origin):
        raise ImproperlyConfigured(f"EMBED_ORIGINS takes origins such as https://www.example.org, not '{_origin}'.")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^veseliba/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "people.views.form_refused"
X_FRAME_OPTIONS = "DENY"

# --- spreadsheets ----------------------------------------------------------------------------------------------------
IMPORT_EXPORT_USE_TRANSACTIONS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {
        "links": {"()": "kekava_portal.logs.WithoutPersonalLinks"},
        "mistakes": {"()": "kekava_portal.logs.WithoutFormMistakes"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mistakes", "links"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
