/* An opened resource: tells the desk how far it got, finds the place again, and gives the player large buttons.
   Without it books are turned and recordings played all the same. */
(function () {
  "use strict";

  const opened = document.querySelector("[data-opened]");
  if (!opened) {
    return;
  }
  const EVERY = 15;
  const begin = Number(opened.dataset.begin);
  const until = Number(opened.dataset.until || begin);
  const isPlayer = opened.matches("audio, video");
  let seconds = Number(opened.dataset.seconds);
  let told = seconds;
  let leaving = false;

  /* How far down the book is read: the lower edge of the screen, as a share of the page. */
  function shareRead() {
    const box = opened.getBoundingClientRect();
    return Math.max(0, Math.min(1, (window.innerHeight - box.top) / Math.max(box.height, 1)));
  }

  function shareShown() {
    const box = opened.getBoundingClientRect();
    return Math.max(0, Math.min(1, -box.top / Math.max(box.height, 1)));
  }

  function place() {
    if (isPlayer) {
      const share = opened.duration ? opened.currentTime / opened.duration : 0;
      return { share: share, fields: { part: opened.dataset.part, at: Math.floor(opened.currentTime) } };
    }
    if ("timeOnly" in opened.dataset) {
      return { share: 0, fields: {} };
    }
    const top = Math.round(shareShown() * 1000);
    return { share: shareRead(), fields: { part: opened.dataset.part, n: opened.dataset.n, share: top } };
  }

  function tell() {
    const here = place();
    const data = new FormData();
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    data.append("csrfmiddlewaretoken", token ? token.value : "");
    data.append("seconds", String(Math.floor(seconds)));
    data.append("position", String(Math.round(begin + (until - begin) * here.share)));
    Object.keys(here.fields).forEach(function (name) {
      data.append(name, String(here.fields[name]));
    });
    told = seconds;
    navigator.sendBeacon(opened.dataset.opened, data);
  }

  window.setInterval(function () {
    const counts = isPlayer ? !opened.paused : document.visibilityState === "visible";
    seconds += counts ? 1 : 0;
    if (seconds - told >= EVERY) {
      tell();
    }
  }, 1000);

  /* A button that leads on says itself where it leads: nothing said later may undo that. One that ends says nothing of
     the place, unless it is the very end. */
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.matches("[data-leave]")) {
      return;
    }
    if (event.submitter && event.submitter.name === "end" && !form.querySelector('[name=position][value="1000"]')) {
      tell();
    }
    leaving = true;
  });

  window.addEventListener("pagehide", function () {
    if (!leaving) {
      tell();
    }
  });

  /* ---- Books ---- */

  function findPlace() {
    const share = Number(opened.dataset.share);
    if (share) {
      const box = opened.getBoundingClientRect();
      window.scrollTo(0, window.scrollY + box.top + (box.height * share) / 1000);
    }
  }

  if (!isPlayer) {
    window.addEventListener("load", findPlace);
    document.addEventListener("keydown", function (event) {
      const off = document.documentElement.dataset.shortcuts === "off";
      if (off || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, [data-arrows]")) {
        return;
      }
      const button = document.querySelector('[data-key="' + event.key + '"]');
      if (button) {
        button.click();
      }
    });
    return;
  }

  /* ---- Players ---- */

  const playButton = document.querySelector("[data-play]");
  const playWord = playButton.textContent;

  function showState() {
    playButton.textContent = opened.paused ? playWord : playButton.dataset.playing;
  }

  opened.addEventListener("play", showState);
  opened.addEventListener("pause", function () {
    showState();
    if (!opened.ended) {
      tell();
    }
  });
  opened.addEventListener(
    "loadedmetadata",
    function () {
      const at = Number(opened.dataset.at);
      if (at && at < opened.duration - 5) {
        opened.currentTime = at;
      }
    },
    { once: true },
  );
  opened.addEventListener("ended", function () {
    tell();
    const next = document.querySelector("[data-next]");
    if (next) {
      next.click();
    }
  });
  playButton.addEventListener("click", function () {
    if (opened.paused) {
      opened.play();
    } else {
      opened.pause();
    }
  });
  document.querySelectorAll("[data-skip]").forEach(function (button) {
    button.addEventListener("click", function () {
      const to = opened.currentTime + Number(button.dataset.skip);
      opened.currentTime = Math.max(0, Math.min(to, opened.duration || to));
    });
  });
  document.querySelectorAll("[data-rate]").forEach(function (button) {
    button.addEventListener("click", function () {
      const slow = opened.playbackRate === 1;
      opened.playbackRate = slow ? Number(button.dataset.rate) : 1;
      button.setAttribute("aria-pressed", String(slow));
    });
  });
  showState();
})();
