"""Settings in the order a request meets them; every value from outside is read by `env`."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from handoff import env
from handoff.logs import configure_logs, log_config

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("HANDOFF_DATA_DIR", str(ROOT / "var")))

# ------------------------------------------------------------------ the host and its secrets
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY", "insecure-until-the-launcher-or-the-operator-sets-one")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")

# ------------------------------------------------------------------ middleware
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "handoff.people.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "handoff.hygiene.HygieneMiddleware",
    "handoff.people.first_run.FirstRunMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "handoff.people.middleware.PersonMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "handoff.refused.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
SESSION_ENGINE = "handoff.people.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["handoff.uploads.BoundedUpload"]
IMPORT_MAX_BYTES = env.number("IMPORT_MAX_BYTES", 200 * 1024 * 1024)

# ------------------------------------------------------------------ apps and pages
INSTALLED_APPS = [
    "handoff.people",
    "handoff.calendars",
    "handoff.journal",
    "handoff.notices",
    "leads",
    "sla",
    "feedback",
    "handoff",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "handoff.assets.Assets",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_prometheus",
    "csp",
]
ROOT_URLCONF = "handoff.urls"
ASGI_APPLICATION = "handoff.asgi.application"
WSGI_APPLICATION = "handoff.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "handoff.context.chrome",
            ],
            "builtins": ["handoff.templatetags.handoff"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("HANDOFF_STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [
    ROOT / "static",
    *(
        (name, path)
        for name, path in (
            ("vendor/tabler/css", ROOT / "node_modules/@tabler/core/dist/css"),
            ("vendor/tabler/js", ROOT / "node_modules/@tabler/core/dist/js"),
            ("vendor/echarts", ROOT / "node_modules/echarts/dist"),
            ("vendor/inter", ROOT / "node_modules/@fontsource-variable/inter"),
        )
        if path.is_dir()
    ),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env.flag("HANDOFF_PLAIN_STATIC")
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "uploads"

# ------------------------------------------------------------------ people
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "handoff.people.adapter.ClosedSignup"
ACCOUNT_FORMS = {
    "login": "handoff.people.forms.SignInForm",
    "reset_password": "handoff.people.forms.ForgottenForm",
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key"}  # guesses at a person's second step
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Handoff"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "handoff.people.adapter.who_tries"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False

# ------------------------------------------------------------------ languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("pt-br", _("Portuguese (Brazil)"))]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = env.text("TIME_ZONE", "America/Sao_Paulo")
USE_TZ = True
FORMAT_MODULE_PATH = "handoff.formats"
USE_THOUSAND_SEPARATOR = False  # or an id in a template reads 12,760; counts say |grouped
CURRENCY = env.text("CURRENCY", "R$")

# ------------------------------------------------------------------ Postgres
DATABASES = {
    "default": {
        **env.postgres(),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ------------------------------------------------------------------ Redis, Celery and the beat
REDIS_URL = env.text("REDIS_URL", "redis://localhost:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "max_retries": 0,
}
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": seconds, "options": {"expires": 3 * seconds}}
    for name, task, seconds in (
        ("relay-the-journal", "handoff.journal.tasks.relay", 5.0),
        ("send-notices", "handoff.notices.tasks.send_due", 5.0),
        ("keep-clocks", "sla.tasks.keep_clocks", 5.0),
        ("move-clocks", "sla.tasks.move_clocks", 5.0),
        ("keep-scores", "leads.tasks.keep_scores", 5.0),
        ("continue-imports", "leads.tasks.continue_imports", 10.0),
        ("forget-old-keys", "leads.tasks.forget_old_keys", 3600.0),
    )
}

# ------------------------------------------------------------------ e-mail
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_FILE_PATH = DATA_DIR / "outbox"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Handoff <handoff@localhost>")

# ------------------------------------------------------------------ the API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "handoff.people.authentication.TokenAuthentication",
        "handoff.people.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["handoff.hygiene.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "handoff.api.answer_problem",
    "DEFAULT_VERSIONING_CLASS": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Handoff",
    "DESCRIPTION": "Every verb of the lead handoff, over the same actions as the pages.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}},
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "HandoffState": "leads.stages.HandoffState",
        "RuleSetState": "leads.stages.RuleSetState",
        "InteractionKind": "leads.models.InteractionKind",
        "ClauseKind": "sla.models.ClauseKind",
        "AgreementState": "sla.stages.AgreementState",
        "Side": "handoff.people.models.Side",
    },
}

# ------------------------------------------------------------------ logs
LOGGING = log_config(json=env.flag("LOG_JSON"))
configure_logs()
