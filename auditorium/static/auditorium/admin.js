// The admin's boxes to choose by typing are named by what is chosen in them; here they are named by their field too.
(function () {
  "use strict";

  function label(select) {
    const own = document.querySelector('label[for="' + select.id + '"]');
    return select.getAttribute("aria-label") || (own ? own.textContent.trim().replace(/[:：]$/, "") : "");
  }

  function name(select) {
    const field = select.nextElementSibling;
    const box = field && field.querySelector('[role="combobox"]');
    const shown = field && field.querySelector(".select2-selection__rendered");
    if (box && shown) {
      const chosen = select.selectedOptions[0] ? select.selectedOptions[0].textContent.trim() : "";
      const words = (label(select) + " " + chosen).trim();
      box.removeAttribute("aria-labelledby");
      box.setAttribute("aria-label", words);
      shown.setAttribute("aria-label", words);
    }
  }

  window.addEventListener("load", function () {
    document.querySelectorAll("select.admin-autocomplete").forEach(name);
    if (window.django && window.django.jQuery) {
      const $ = window.django.jQuery;
      $(document).on("change", "select.admin-autocomplete", function () {
        name(this);
      });
      $(document).on("select2:open", "select.admin-autocomplete", function () {
        const typed = document.querySelector(".select2-container--open .select2-search__field");
        if (typed) {
          typed.setAttribute("aria-label", label(this));
        }
      });
    }
  });
})();
