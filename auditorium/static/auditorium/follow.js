// An element with data-follow is looked at again every few seconds, until the server sends it without.
(function () {
  "use strict";
  var EVERY = 3000;
  function look() {
    var shown = document.querySelector("[data-follow]");
    if (!shown) return;
    fetch(location.href, { credentials: "same-origin" })
      .then(function (answer) {
        return answer.text();
      })
      .then(function (page) {
        var newer = new DOMParser().parseFromString(page, "text/html").getElementById(shown.id);
        if (newer) shown.replaceWith(newer);
      })
      .catch(function () {})
      .then(function () {
        setTimeout(look, EVERY);
      });
  }
  setTimeout(look, EVERY);
})();
