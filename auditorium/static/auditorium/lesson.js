/* A dialect lesson: play a phrase, slowly, again and again, the next, all of them. Without it each has its own player. */
(function () {
  "use strict";

  const lesson = document.querySelector("[data-lesson]");
  if (!lesson) {
    return;
  }
  const PAUSE = 700;
  const phrases = Array.from(lesson.querySelectorAll("[data-phrase]")).map(function (item) {
    return { item: item, sound: item.querySelector("audio"), button: item.querySelector("[data-play]") };
  });
  const spoken = phrases.filter(function (phrase) {
    return phrase.sound;
  });
  const controls = {
    all: lesson.querySelector("[data-play-all]"),
    next: lesson.querySelector("[data-next]"),
    previous: lesson.querySelector("[data-previous]"),
    loop: lesson.querySelector("[data-loop]"),
    hide: lesson.querySelector("[data-hide-gloss]"),
  };
  const trouble = lesson.querySelector("[data-no-sound]");
  const speeds = Array.from(lesson.querySelectorAll("[name=speed]"));
  let current = null;
  let isPlaying = false;
  let isAll = false;
  let waiting = 0;
  let seconds = Number(lesson.dataset.seconds || 0);

  function isOn(button) {
    return button.getAttribute("aria-pressed") === "true";
  }

  function speed() {
    const chosen = speeds.find(function (input) {
      return input.checked;
    });
    return chosen ? Number(chosen.value) : 1;
  }

  function show() {
    spoken.forEach(function (phrase) {
      const sounds = isPlaying && phrase === current;
      phrase.button.textContent = sounds ? phrase.button.dataset.stop : phrase.button.dataset.start;
      if (phrase === current) {
        phrase.item.setAttribute("aria-current", "true");
      } else {
        phrase.item.removeAttribute("aria-current");
      }
    });
    controls.all.textContent = isPlaying && isAll ? controls.all.dataset.stop : controls.all.dataset.start;
  }

  function stop() {
    window.clearTimeout(waiting);
    isPlaying = false;
    isAll = false;
    if (current) {
      current.sound.pause();
    }
    show();
  }

  function play(phrase) {
    window.clearTimeout(waiting);
    if (current && current !== phrase) {
      current.sound.pause();
    }
    current = phrase;
    isPlaying = true;
    trouble.hidden = true;
    const sound = phrase.sound;
    sound.preservesPitch = true;
    sound.playbackRate = speed();
    sound.currentTime = 0;
    const started = sound.play();
    if (started) {
      started.catch(function (error) {
        // The next press stops what was just begun: that is no trouble.
        if (error.name !== "AbortError") {
          trouble.hidden = false;
          stop();
        }
      });
    }
    show();
    phrase.item.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const here = spoken.indexOf(current);
    const there = here < 0 ? 0 : here + by;
    if (there < 0 || there >= spoken.length) {
      return false;
    }
    play(spoken[there]);
    return true;
  }

  /* Time on the page and how many phrases were heard; the desk lets both only grow. */
  function tell() {
    const heard = spoken.filter(function (phrase) {
      return phrase.item.dataset.heard;
    }).length;
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (lesson.dataset.progress && token) {
      const data = new FormData();
      data.append("csrfmiddlewaretoken", token.value);
      data.append("seconds", String(seconds));
      data.append("position", String(spoken.length ? Math.round((1000 * heard) / spoken.length) : 0));
      navigator.sendBeacon(lesson.dataset.progress, data);
    }
  }

  window.setInterval(function () {
    seconds += document.visibilityState === "visible" || isPlaying ? 1 : 0;
  }, 1000);
  window.addEventListener("pagehide", tell);

  function ended(phrase) {
    phrase.item.dataset.heard = "yes";
    tell();
    if (phrase !== current || !isPlaying) {
      return;
    }
    waiting = window.setTimeout(function () {
      if (isOn(controls.loop)) {
        play(phrase);
      } else if (!isAll || !step(1)) {
        stop();
      }
    }, PAUSE);
  }

  spoken.forEach(function (phrase) {
    phrase.sound.addEventListener("ended", function () {
      ended(phrase);
    });
    phrase.button.addEventListener("click", function () {
      if (isPlaying && phrase === current) {
        stop();
      } else {
        isAll = false;
        play(phrase);
      }
    });
  });

  controls.all.addEventListener("click", function () {
    if (isPlaying) {
      stop();
    } else if (spoken.length) {
      isAll = true;
      play(spoken[0]);
    }
  });

  controls.next.addEventListener("click", function () {
    step(1);
  });

  controls.previous.addEventListener("click", function () {
    step(-1);
  });

  controls.loop.addEventListener("click", function () {
    controls.loop.setAttribute("aria-pressed", String(!isOn(controls.loop)));
  });

  speeds.forEach(function (input) {
    input.addEventListener("change", function () {
      if (current) {
        current.sound.playbackRate = speed();
      }
    });
  });

  const keys = { p: controls.all, n: controls.next, b: controls.previous, r: controls.loop, h: controls.hide };
  document.addEventListener("keydown", function (event) {
    const isTyping = event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
    const isOurs = !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing && !event.defaultPrevented;
    const control = keys[event.key];
    if (control && isOurs && !isTyping && document.documentElement.dataset.shortcuts !== "off") {
      event.preventDefault();
      control.click();
    }
  });

  show();
})();
