/* The second screen: asks the desk every two seconds what to do, does it, and says that it is playing. */
(function () {
  "use strict";

  const stage = document.querySelector("[data-screen]");
  const ASK_EVERY = 2000;
  const TELL_EVERY = 30000;
  const media = stage.querySelector("[data-media]");
  const press = stage.querySelector("[data-press-once]");
  let etag = "";

  function tell(ended) {
    const token = stage.querySelector("[name=csrfmiddlewaretoken]");
    const data = new FormData();
    data.append("csrfmiddlewaretoken", token ? token.value : "");
    if (ended) {
      data.append("ended", ended);
    }
    return fetch(stage.dataset.tell, { method: "POST", body: data });
  }

  /* A browser lets nothing sound before somebody has touched the page: then it asks to be touched. */
  function play() {
    const started = media.play();
    if (started) {
      started.then(
        function () {
          press.hidden = true;
        },
        function (error) {
          press.hidden = error.name !== "NotAllowedError";
        }
      );
    }
  }

  function follow(state) {
    if (state.piece !== stage.dataset.piece) {
      window.location.reload();
    } else if (media && state.playing && media.paused && !media.ended) {
      play();
    } else if (media && !state.playing && !media.paused) {
      media.pause();
    }
  }

  function ask() {
    fetch(stage.dataset.screen, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" })
      .then(function (answer) {
        if (answer.status === 200) {
          etag = answer.headers.get("ETag") || "";
          return answer.json().then(follow);
        }
        return undefined;
      })
      .catch(function () {
        // The desk's server is away for a moment: it is asked again.
      })
      .then(function () {
        window.setTimeout(ask, ASK_EVERY);
      });
  }

  if (media) {
    press.querySelector("button").addEventListener("click", play);
    media.addEventListener("ended", function () {
      tell(stage.dataset.piece).catch(function () {});
    });
    window.setInterval(function () {
      if (!media.paused) {
        tell("").catch(function () {});
      }
    }, TELL_EVERY);
    if (stage.dataset.playing === "yes") {
      play();
    }
  }
  ask();
})();
