/* Recording a phrase in the page. Without it, or where the browser does not allow it, a file is chosen instead. */
(function () {
  "use strict";

  const input = document.querySelector("input[type=file][data-recording]");
  const recorder = input && document.getElementById(input.dataset.recording);
  if (!recorder) {
    return;
  }
  const canRecord = Boolean(
    window.isSecureContext &&
      window.MediaRecorder &&
      navigator.mediaDevices &&
      navigator.mediaDevices.getUserMedia &&
      window.DataTransfer
  );
  if (!canRecord) {
    document.getElementById(input.dataset.recording + "-barred").hidden = false;
    return;
  }
  recorder.hidden = false;

  const LONGEST = 60 * 1000;
  const BITS_PER_SECOND = 48000;
  const button = recorder.querySelector("[data-record]");
  const clock = recorder.querySelector("[data-recorded-for]");
  const result = recorder.querySelector("[data-recorded]");
  const done = recorder.querySelector("[data-recorded-done]");
  const noMicrophone = recorder.querySelector("[data-no-microphone]");
  let running = null;
  let ticking = 0;
  let address = "";

  function label(text) {
    button.textContent = text;
  }

  function tick(startedAt) {
    const seconds = Math.floor((Date.now() - startedAt) / 1000);
    clock.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
  }

  function put(blob) {
    const type = blob.type.split(";")[0];
    const ending = type.indexOf("mp4") > 0 ? "m4a" : type.indexOf("ogg") > 0 ? "ogg" : "webm";
    const files = new DataTransfer();
    files.items.add(new File([blob], "phrase." + ending, { type: type }));
    input.files = files.files;
    if (address) {
      URL.revokeObjectURL(address);
    }
    address = URL.createObjectURL(blob);
    result.src = address;
    result.hidden = false;
    done.hidden = false;
  }

  function begin(stream) {
    const chunks = [];
    const startedAt = Date.now();
    running = new MediaRecorder(stream, { audioBitsPerSecond: BITS_PER_SECOND });
    running.addEventListener("dataavailable", function (event) {
      chunks.push(event.data);
    });
    running.addEventListener("stop", function () {
      stream.getTracks().forEach(function (track) {
        track.stop();
      });
      window.clearInterval(ticking);
      put(new Blob(chunks, { type: running.mimeType || "audio/webm" }));
      running = null;
      label(button.dataset.begin);
      button.removeAttribute("aria-pressed");
    });
    running.start();
    label(button.dataset.end);
    button.setAttribute("aria-pressed", "true");
    tick(startedAt);
    ticking = window.setInterval(function () {
      tick(startedAt);
      if (running && Date.now() - startedAt > LONGEST) {
        running.stop();
      }
    }, 250);
  }

  button.addEventListener("click", function () {
    if (running) {
      running.stop();
      return;
    }
    noMicrophone.hidden = true;
    done.hidden = true;
    navigator.mediaDevices
      .getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } })
      .then(begin)
      .catch(function () {
        noMicrophone.hidden = false;
      });
  });

  // A recording under way belongs to the form: sending it ends the recording instead, and is pressed again.
  input.form.addEventListener("submit", function (event) {
    if (running) {
      event.preventDefault();
      event.stopPropagation();
      running.stop();
    }
  });
})();
