/* What the desk's pages do beyond links and forms. Every page works without it. */
(function () {
  "use strict";

  const root = document.documentElement;
  root.classList.add("js");

  function all(selector, within) {
    return Array.from((within || document).querySelectorAll(selector));
  }

  function find(selector, within) {
    return within.matches && within.matches(selector) ? within : within.querySelector(selector);
  }

  function isVisible(element) {
    return element.getClientRects().length > 0;
  }

  function takesTyping(element) {
    return element.isContentEditable || element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
  }

  /* A summary of errors takes the focus, wherever it came from. */
  function showErrors(within) {
    const summary = find("[data-error-summary]", within);
    if (summary) {
      summary.focus();
    }
  }

  /* Said to those who hear the page, without moving them. */
  function announce(within) {
    const said = find("[data-announce]", within);
    const place = document.getElementById("announcer");
    if (said && place) {
      place.textContent = said.textContent.trim();
    }
  }

  /* ---- Keys ---- */

  function closeMenus(except) {
    all("details.menu[open]").forEach(function (menu) {
      if (menu !== except) {
        menu.open = false;
      }
    });
  }

  function onEscape(event) {
    const menu = event.target.closest("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
      return true;
    }
    const list = event.target.closest("[data-arrows]");
    const box = list && list.id && document.querySelector('[data-results="' + list.id + '"]');
    if (box) {
      box.focus();
      box.select();
      return true;
    }
    return false;
  }

  function items(list) {
    return all("a[href], button:not([disabled]), summary", list).filter(isVisible);
  }

  /* The nearest item in the arrow's direction, as the eye sees it: rows of a list, cells of a grid. */
  function neighbour(list, from, key) {
    const here = from.getBoundingClientRect();
    const upright = key === "ArrowUp" || key === "ArrowDown";
    const sign = key === "ArrowDown" || key === "ArrowRight" ? 1 : -1;
    let best = null;
    let bestCost = Infinity;
    items(list).forEach(function (item) {
      if (item === from) {
        return;
      }
      const there = item.getBoundingClientRect();
      const dx = there.left + there.width / 2 - (here.left + here.width / 2);
      const dy = there.top + there.height / 2 - (here.top + here.height / 2);
      const ahead = (upright ? dy : dx) * sign;
      const aside = Math.abs(upright ? dx : dy);
      const step = upright ? Math.min(here.height, there.height) : Math.min(here.width, there.width);
      // Left and right stay in the row.
      if (ahead < step / 2 || (!upright && aside > Math.max(here.height, there.height) / 2 + 8)) {
        return;
      }
      const cost = ahead * (upright ? 3 : 1) + aside * (upright ? 1 : 3);
      if (cost < bestCost) {
        best = item;
        bestCost = cost;
      }
    });
    return best;
  }

  function move(event) {
    const target = event.target;
    const box = target.closest("[data-results]");
    if (box) {
      const list = document.getElementById(box.dataset.results);
      const first = event.key === "ArrowDown" && list ? list.querySelector("[data-result]") : null;
      if (first) {
        first.focus();
      }
      return Boolean(first);
    }
    const list = target.closest("[data-arrows]");
    if (!list || takesTyping(target)) {
      return false;
    }
    const next = neighbour(list, target, event.key);
    if (next) {
      next.focus();
      return true;
    }
    if (event.key === "ArrowUp" && list.id) {
      const above = document.querySelector('[data-results="' + list.id + '"]');
      if (above) {
        above.focus();
        return true;
      }
    }
    return false;
  }

  /* Enter in a search box opens the first result, if the list answers what is in the box now. */
  function openFirst(event) {
    const box = event.target.closest("[data-results]");
    const list = box && document.getElementById(box.dataset.results);
    const answered = list && list.querySelector("[data-results-for]");
    const first = list && list.querySelector("[data-result]");
    if (first && answered && answered.dataset.resultsFor === box.value.trim()) {
      first.click();
      return true;
    }
    return false;
  }

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    let done = false;
    if (event.key === "/" && root.dataset.shortcuts !== "off" && !takesTyping(event.target)) {
      const box = document.querySelector("[data-search]");
      if (box) {
        box.focus();
        box.select();
        done = true;
      }
    } else if (event.key === "Escape") {
      done = onEscape(event);
    } else if (event.key === "Enter") {
      done = openFirst(event);
    } else if (/^Arrow(Up|Down|Left|Right)$/.test(event.key)) {
      done = move(event);
    }
    if (done) {
      event.preventDefault();
    }
  });

  /* ---- Clicks ---- */

  document.addEventListener("click", function (event) {
    closeMenus(event.target.closest("details.menu"));
    if (event.target.closest("[data-print]")) {
      window.print();
    }
    if (event.target.closest("[data-back]")) {
      event.preventDefault();
      window.history.back();
    }
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (field) {
      const input = field.matches("input, select, textarea, button")
        ? field
        : field.querySelector("input:not([type=hidden]), select, textarea");
      if (input) {
        event.preventDefault();
        input.focus();
        input.scrollIntoView({ block: "center" });
      }
    }
  });

  document.addEventListener("change", function (event) {
    const form = event.target.closest("[data-autosubmit]") && event.target.form;
    if (form) {
      if (form.requestSubmit) {
        form.requestSubmit();
      } else {
        form.submit();
      }
    }
    if (event.target.matches("[data-show-password]")) {
      all(event.target.dataset.showPassword).forEach(function (input) {
        input.type = event.target.checked ? "text" : "password";
      });
    }
  });

  /* ---- One press, one submission ---- */

  /* A page opened before the last login carries an old token; the cookie has the present one. */
  function csrfToken() {
    const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return found ? found[1] : "";
  }

  function refreshToken(form) {
    const input = form.querySelector("input[name=csrfmiddlewaretoken]");
    const token = csrfToken();
    if (input && token) {
      input.value = token;
    }
  }

  function release() {
    all("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      all("[data-held]", form).forEach(function (button) {
        button.disabled = false;
        delete button.dataset.held;
      });
    });
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") {
      return;
    }
    refreshToken(form);
    if (form.target || form.hasAttribute("data-repeat")) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    // After the browser has read the form, so that the pressed button's own value is sent.
    window.setTimeout(function () {
      all("button[type=submit], button:not([type]), input[type=submit]", form).forEach(function (button) {
        if (!button.disabled) {
          button.disabled = true;
          button.dataset.held = "yes";
        }
      });
    }, 0);
  });

  // A page brought back by the browser's Back button is a fresh chance.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      release();
    }
  });

  /* ---- htmx ---- */

  function trouble(show) {
    const notice = document.getElementById("no-answer");
    if (notice) {
      notice.hidden = !show;
    }
  }

  document.addEventListener("htmx:configRequest", function (event) {
    const token = csrfToken();
    if (token && event.detail.verb !== "get") {
      event.detail.headers["X-CSRFToken"] = token;
      if (event.detail.parameters.csrfmiddlewaretoken) {
        event.detail.parameters.csrfmiddlewaretoken = token;
      }
    }
  });

  document.addEventListener("htmx:beforeSwap", function (event) {
    const login = document.body.dataset.login;
    const answered = event.detail.xhr.responseURL;
    if (login && answered && new URL(answered).pathname === login) {
      // The session ended meanwhile: let the whole page lead to the login and back.
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });

  document.addEventListener("htmx:load", function (event) {
    const added = event.detail.elt;
    if (added !== document.body) {
      trouble(false);
      showErrors(added);
      announce(added);
    }
  });

  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function () {
      trouble(true);
    });
  });

  showErrors(document);
})();
