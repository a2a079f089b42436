"""The names and descriptions of roles and kinds of organisation, as a person reads them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Kind
from people.roles import Role


ROLES: dict[Role, Promise] = {
    Role.CASEWORKER: _("Caseworker"),
    Role.POLICE_LIAISON: _("Police liaison"),
    Role.SOCIAL_WORKER: _("Social worker"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.FOCAL_POINT: _("Focal point"),
    Role.DATA_PROTECTION_OFFICER: _("Data protection officer"),
    Role.ADMINISTRATOR: _("Administrator"),
}

DESCRIPTIONS: dict[Role, Promise] = {
    Role.CASEWORKER: _("Works with the person: needs, plan, record and handovers."),
    Role.POLICE_LIAISON: _("Works with the proceedings. Never sees where the person is, nor health or plan."),
    Role.SOCIAL_WORKER: _("Gives one service. Sees what was disclosed for it."),
    Role.SUPERVISOR: _("Sees to quality and time limits. Does not see health, nor where the person is."),
    Role.FOCAL_POINT: _("Receives and passes on referrals from other countries, without the record."),
    Role.DATA_PROTECTION_OFFICER: _("Sees who looked at what and why, never the content."),
    Role.ADMINISTRATOR: _("Keeps people, roles and peers in order. Holds no key to any record."),
}

KINDS: dict[Kind, Promise] = {
    Kind.NGO: _("Non-governmental organisation"),
    Kind.POLICE: _("Police unit"),
    Kind.SOCIAL_SERVICE: _("Social service"),
    Kind.SHELTER: _("Shelter"),
    Kind.AUTHORITY: _("Authority"),
}
