/* Read only by browsers too old for modules (nomodule), Internet Explorer mode among them. */
window.onload = function () {
  var notice = document.getElementById("old-browser");
  if (notice) {
    notice.removeAttribute("hidden");
  }
};
