"""Sign in and out, lock, unlock, quick exit, language; of allauth's pages only those we need."""

from __future__ import annotations

from allauth.account import views as allauth_views
from django.urls import URLPattern, URLResolver, path

from people.views import language, locking, signing_in


urlpatterns: list[URLPattern | URLResolver] = [
    path("account/login/", signing_in.sign_in, name="account_login"),
    path("account/logout/", allauth_views.logout, name="account_logout"),
    path("account/password/", signing_in.change_password, name="account_change_password"),
    path("account/password/changed/", locking.password_changed, name="password-changed"),
    path("lock/", locking.lock, name="lock"),
    path("unlock/", locking.unlock, name="unlock"),
    path("exit/", locking.quick_exit, name="quick-exit"),
    path("units/", locking.units, name="units"),
    path("language/", language.language, name="language"),
]
