"""What the public lists of news are narrowed by."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from councils.models import NewsPostQuerySet

MUNICIPALITY = "novads"  # news that are no council's


class NewsFilter(forms.Form):
    """Which neighbourhood's news; a value that does not exist narrows nothing."""

    marks_optional = False

    def __init__(self, *args: Any, neighbourhoods, **kwargs: Any):
        super().__init__(*args, **kwargs)
        areas = [(row.slug, row.short_name) for row in neighbourhoods]
        choices = [("", _("All news")), (MUNICIPALITY, _("The whole municipality")), *areas]
        self.fields["apkaime"] = forms.ChoiceField(label=_("Neighbourhood"), required=False, choices=choices)

    def narrow(self, posts: NewsPostQuerySet) -> NewsPostQuerySet:
        """The posts that pass."""
        self.is_valid()
        return posts.of(self.cleaned_data.get("apkaime", ""))

    @property
    def chosen(self) -> str:
        return self.cleaned_data.get("apkaime", "")
