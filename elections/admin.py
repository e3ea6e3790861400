"""The ways to a council, to look at: their steps are planned and completed in the panel."""

from django.contrib import admin

from elections.models import Formation, FormationStep
from people.admin import ReadOnlyAdmin, ReadOnlyInline


class StepInline(ReadOnlyInline):
    model = FormationStep

    def get_queryset(self, request):
        return FormationStep.objects.by_law()


@admin.register(Formation)
class FormationAdmin(ReadOnlyAdmin):
    list_display = ("council", "opened_on", "closed_on", "candidates")
    list_select_related = ("council",)
    search_fields = ("council__name", "council__neighbourhood__search_text")
    ordering = ("-opened_on", "-pk")
    inlines = (StepInline,)
