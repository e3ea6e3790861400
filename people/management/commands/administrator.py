from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people import operations
from people.models import Role


class Command(BaseCommand):
    help = "Gives somebody the role of an administrator; makes the account when there is none. May be run again."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="first name and surname, for a new account")

    def handle(self, *args, email, name, **options):
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(_("“%(email)s” is not an e-mail address.") % {"email": email}) from error
        now = timezone.now()
        user = operations.enter_account(email=email, name=name, now=now)
        operations.grant_role(
            person=user.person, kind=Role.Kind.ADMINISTRATOR, by=None, now=now, on=timezone.localdate(now)
        )
        self.stdout.write(_("%(email)s is an administrator.") % {"email": user.email})
        self.stdout.write(
            _("Log in with a code that comes by e-mail: %(address)s")
            % {"address": settings.PUBLIC_URL + reverse("account_request_login_code")}
        )
