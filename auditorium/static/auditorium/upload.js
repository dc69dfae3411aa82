/* Shows how far an upload is. Without it the form is sent as forms are. */
(function () {
  "use strict";

  function megabytes(bytes) {
    return (bytes / 1048576).toFixed(1) + " MB";
  }

  function barBelow(form) {
    const box = document.createElement("p");
    const bar = document.createElement("progress");
    const said = document.createElement("span");
    box.className = "upload-progress";
    box.setAttribute("role", "status");
    bar.max = 1;
    box.append(bar, " ", said);
    form.append(box);
    box.scrollIntoView({ block: "center" });
    return function (loaded, total) {
      bar.value = total ? loaded / total : 0;
      said.textContent = megabytes(loaded) + " / " + megabytes(total);
    };
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    const chosen = Array.from(form.querySelectorAll("input[type=file]")).some(function (input) {
      return input.files.length > 0;
    });
    if (!chosen || event.defaultPrevented) {
      return;
    }
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const show = barBelow(form);
    const request = new XMLHttpRequest();
    Array.from(form.querySelectorAll("[type=submit]")).forEach(function (button) {
      button.disabled = true;
    });
    request.upload.addEventListener("progress", function (progress) {
      show(progress.loaded, progress.total);
    });
    request.addEventListener("load", function () {
      window.history.replaceState(null, "", request.responseURL);
      document.open();
      document.write(request.responseText);
      document.close();
    });
    request.addEventListener("error", function () {
      form.submit();
    });
    request.open("POST", form.action || window.location.href);
    request.send(data);
  });
})();
