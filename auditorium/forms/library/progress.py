"""What an open book or a player says of itself, and where its buttons lead."""

from __future__ import annotations

from typing import Any

from django import forms

from auditorium.domain.library.use import END, position_in
from auditorium.models import ResourceFile, ResourceUse


class ProgressForm(forms.Form):
    """Time and place. `go` is a button's: a part's key, a page and the place it begins at, as 12-3-250.

    Where no script watches a player, somebody says themselves how many `minutes` of the part were played, or that all
    of it was (`end` is "done").
    """

    position = forms.IntegerField(min_value=0, max_value=END, required=False)
    seconds = forms.IntegerField(min_value=0, max_value=24 * 3600, required=False)
    part = forms.IntegerField(required=False)
    n = forms.IntegerField(min_value=0, max_value=100_000, required=False)
    share = forms.IntegerField(min_value=0, max_value=END, required=False)
    at = forms.IntegerField(min_value=0, max_value=7 * 24 * 3600, required=False)
    minutes = forms.IntegerField(min_value=0, max_value=7 * 24 * 60, required=False)
    end = forms.CharField(required=False)
    go = forms.RegexField(r"^\d{1,12}-\d{1,6}-\d{1,4}$", required=False)

    def __init__(self, *args: Any, use: ResourceUse, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._use = use
        self.file: ResourceFile | None = None

    def clean(self) -> dict[str, Any]:
        """The part is one of the resource's own."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("go"):
            cleaned["part"], cleaned["n"], cleaned["position"] = map(int, cleaned["go"].split("-"))
        pk = cleaned.get("part")
        if pk is not None:
            self.file = ResourceFile.objects.filter(resource=self._use.resource_id, pk=pk).first()
            if self.file is None:
                self.add_error("part", "unknown")
        if self.file and cleaned.get("minutes") is not None:
            is_done = cleaned.get("end") == "done"
            cleaned["at"] = cleaned["minutes"] * 60
            cleaned["position"] = position_in(self.file, None if is_done else cleaned["at"])
        return cleaned

    @property
    def told(self) -> dict[str, Any]:
        """As `use.progress` takes it."""
        said = self.cleaned_data
        locator = {name: said[name] for name in ("n", "share", "at") if said.get(name) is not None}
        position = min(said.get("position") or 0, END)
        return {"seconds": said.get("seconds"), "position": position, "file": self.file, "locator": locator}
