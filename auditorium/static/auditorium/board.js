/* The hall's board: loaded anew every two minutes, but only while the desk's PC answers, so that it never goes blank. */
(function () {
  "use strict";

  const EVERY = 120000;

  window.setInterval(function () {
    fetch(window.location.href, { method: "HEAD", cache: "no-store" })
      .then(function (answer) {
        if (answer.ok) {
          window.location.reload();
        }
      })
      .catch(function () {
        // It is asked again in two minutes.
      });
  }, EVERY);
})();
