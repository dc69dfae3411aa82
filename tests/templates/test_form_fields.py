"""How crispy forms come out in our look."""

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django import forms
from django.forms import formset_factory
from django.template.loader import render_to_string


class Registering(forms.Form):
    """A field of each kind."""

    name = forms.CharField(label="姓名")
    also = forms.CharField(label="又名", required=False, help_text="例如：阿根")
    sex = forms.ChoiceField(label="性别", choices=[("male", "男"), ("female", "女")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="村民同意登记", help_text="要念给村民听。")
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        """Something wrong with the whole."""
        raise forms.ValidationError("这位村民登记过了。")


@pytest.fixture
def sent() -> str:
    """The form sent empty, as it comes back."""
    return as_crispy_form(Registering({}))


def test_optional_fields_say_so_and_none_has_a_star():
    shown = as_crispy_form(Registering())

    assert (shown.count("选填"), "*" in shown) == (1, False)


def test_help_and_errors_are_tied_to_their_input(sent):
    with_both = as_crispy_form(Registering({"also": "x"}))

    assert 'id="id_also_helptext"' in with_both
    assert 'aria-describedby="id_also_helptext"' in with_both
    assert 'id="id_name_error"' in sent
    assert 'aria-describedby="id_name_error"' in sent
    assert 'aria-describedby="id_agreed_helptext id_agreed_error"' in sent


def test_error_summary_links_to_each_field_with_its_label(sent):
    summary = sent.split("data-error-summary")[1].split("</ul>")[0]

    assert "<li>这位村民登记过了。</li>" in summary
    assert '<a href="#id_name">姓名：请填写这一项。</a>' in summary
    assert '<a href="#div_id_sex">性别：请填写这一项。</a>' in summary
    assert 'id="div_id_sex"' in sent


def test_form_that_was_not_sent_has_no_error_summary():
    assert "data-error-summary" not in as_crispy_form(Registering())


def test_form_summed_up_elsewhere_brings_no_summary_of_its_own():
    class Part(Registering):
        summary_elsewhere = True

    shown = as_crispy_form(Part({}))

    assert ("data-error-summary" in shown, "field-error" in shown) == (False, True)


def test_one_summary_serves_a_form_and_its_formset():
    rows = formset_factory(Registering, extra=0, min_num=2, validate_min=True)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "张丽"}
    )

    shown = render_to_string("components/error_summary.html", {"form": Registering(), "formset": rows})

    assert '<a href="#div_id_form-0-sex">性别：请填写这一项。</a>' in shown
    assert "<li>" + rows.non_form_errors()[0] + "</li>" in shown


def test_radios_are_grouped_under_their_question(sent):
    group = sent.split("<fieldset")[1].split("</fieldset>")[0]

    assert group.count('type="radio"') == 2
    assert "<legend" in group
    assert "性别" in group
