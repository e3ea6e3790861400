import secrets
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate, Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from neighbourhoods.periods import holds


class UserManager(BaseUserManager["User"]):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A log-in. Who somebody is stands in `Person`; what one may do in the portal comes from open `Role`s."""

    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(_("may log in"), default=True)
    date_joined = models.DateTimeField(_("registered"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_is_unique_in_any_case",
                violation_error_message=_("An account with this e-mail already exists."),
            )
        ]

    def __str__(self):
        return self.email

    # What Django's admin asks of a user: administrators read everything there; the admin classes say what may change.
    @property
    def is_staff(self):
        return self.is_active and self.person.is_administrator

    def has_perm(self, perm, obj=None):
        return self.is_staff

    def has_module_perms(self, app_label):
        return self.is_staff


class PersonQuerySet(models.QuerySet):
    def by_name(self):
        return self.order_by(Collate("family_name", "lv"), Collate("given_name", "lv"), "pk")

    def matching(self, query):
        for term in latvian.search_terms(query):
            self = self.filter(search_text__contains=term)
        return self

    def sitting_in(self, councils, on):
        """Members of any of `councils` on the day."""
        return self.filter(
            holds(on, "memberships__started_on", "memberships__ended_on"),
            memberships__seat__term__council__in=councils,
        ).distinct()


class Person(models.Model):
    """Somebody the portal knows, with or without a log-in, an e-mail, or any way to be reached at all."""

    user = models.OneToOneField(
        User, models.SET_NULL, related_name="person", null=True, blank=True, verbose_name=_("user")
    )
    given_name = models.CharField(_("given name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="lv")
    home_neighbourhood = models.ForeignKey(
        Neighbourhood,
        models.PROTECT,
        related_name="residents",
        null=True,
        blank=True,
        verbose_name=_("my neighbourhood"),
    )
    wants_news = models.BooleanField(_("news of followed neighbourhoods by e-mail"), default=True)
    wants_reminders = models.BooleanField(_("reminders before events by e-mail"), default=True)
    settings_token = models.CharField(max_length=43, unique=True, default=secrets.token_urlsafe, editable=False)
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    created_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    search_text = models.TextField(editable=False, default="")

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.search_text = latvian.search_text(self.given_name, self.family_name)
        super().save(*args, **kwargs)

    @property
    def name(self):
        return f"{self.given_name} {self.family_name}".strip()

    @cached_property
    def open_roles(self):
        """Kinds of the portal-wide roles held today; one query, once per loaded person."""
        if self.pk is None:
            return frozenset()
        return frozenset(self.roles.held(timezone.localdate()).values_list("kind", flat=True))

    @property
    def is_administrator(self):
        return Role.Kind.ADMINISTRATOR in self.open_roles

    @property
    def is_coordinator(self):
        """Coordinators run the councils; an administrator may do all that a coordinator may."""
        return bool(self.open_roles)


class ContactChannel(models.Model):
    """A way to reach a person. An e-mail address belongs to one person, so an RSVP by address finds its person."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        POST = "post", _("letter")

    person = models.ForeignKey(Person, models.CASCADE, related_name="channels", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    value = models.CharField(_("address or number"), max_length=254)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact channel")
        verbose_name_plural = _("contact channels")
        constraints = [
            models.UniqueConstraint(
                Lower("value"),
                condition=Q(kind="email"),
                name="email_belongs_to_one_person",
                violation_error_message=_("This e-mail already belongs to another person."),
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                name="person_has_one_channel_of_a_kind",
                violation_error_message=_("This person already has such a contact."),
            ),
        ]

    def __str__(self):
        return self.value


class Follow(models.Model):
    """A person follows a neighbourhood: its news and events come by e-mail while `person.wants_news`."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="follows", verbose_name=_("person"))
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.CASCADE, related_name="follows", verbose_name=_("neighbourhood")
    )
    followed_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "neighbourhood"],
                name="neighbourhood_is_followed_once",
                violation_error_message=_("You already follow this neighbourhood."),
            )
        ]

    def __str__(self):
        return f"{self.person} → {self.neighbourhood}"


class RoleQuerySet(models.QuerySet):
    def held(self, on):
        return self.filter(holds(on))


class Role(models.Model):
    """A portal-wide role of a person for a period; `ended_on` is the first day without it."""

    class Kind(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinator")
        ADMINISTRATOR = "administrator", _("administrator")

    person = models.ForeignKey(Person, models.PROTECT, related_name="roles", verbose_name=_("person"))
    kind = models.CharField(_("role"), max_length=15, choices=Kind)
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(ended_on=None),
                name="person_has_an_open_role_once",
                violation_error_message=_("This person already has this role."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="role_ends_after_it_begins",
                violation_error_message=_("The last day must come after the first."),
            ),
        ]

    def __str__(self):
        return f"{self.person}: {self.get_kind_display()}"


class AuditEntry(models.Model):
    """Who did what, for whom, when. Written by operations; nobody edits it; `people.tasks.forget` removes it after
    `settings.AUDIT_DAYS` days (FPDAL art. 37: at most a year)."""

    at = models.DateTimeField(_("when"), db_index=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who"))
    on_behalf_of = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("for whom")
    )
    verb = models.CharField(_("what"), max_length=60)
    target = models.CharField(_("on what"), max_length=40, db_index=True)
    label = models.CharField(_("name"), max_length=200)
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.label}"
