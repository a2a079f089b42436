"""Headers, cookies, passwords and sign-in."""

from __future__ import annotations

from csp.constants import NONE, SELF

from connect.settings.environment import CONNECT


SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" makes every POST fail Django's CSRF check
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = CONNECT.SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONNECT.SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if CONNECT.SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = CONNECT.SECURE
SECURE_HSTS_PRELOAD = CONNECT.SECURE
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# Cookies do not know ports: three demo nodes on one address would overwrite each other's.
_COOKIE = CONNECT.NODE_HOST.split(".", maxsplit=1)[0] if CONNECT.DEMO else "connect"
_HOST = "__Host-" if CONNECT.SECURE else ""
SESSION_COOKIE_NAME = f"{_HOST}{_COOKIE}-session"
CSRF_COOKIE_NAME = f"{_HOST}{_COOKIE}-csrf"
LANGUAGE_COOKIE_NAME = "language"
KEY_COOKIE_NAME = f"{_HOST}{_COOKIE}-key"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = CONNECT.SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

PASSWORD_HASHERS = ["people.hashing.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "people.passwords.ManyCharactersValidator"},
]

ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "people.forms.SignInForm", "change_password": "people.forms.ChangePasswordForm"}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000 + 2 * CONNECT.MAX_IMPORT_ROWS  # a preview asks twice a row
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler"
]  # never a clear file on disk
FILE_UPLOAD_MAX_MEMORY_SIZE = CONNECT.MAX_IMPORT_BYTES
