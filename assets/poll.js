/* Asks now and then whether any data have moved, and tells the page when they have. The answer is one word, 304 while
   nothing changed; one question at a time, rarer while the server is in trouble or nobody looks. */
(function () {
  "use strict";
  var EVERY_MS = 15000;
  var LONGEST_MS = 240000;
  var wait = EVERY_MS;
  var known = "";

  function drawn() {
    var mark = document.getElementById("drawn");
    return mark ? mark.dataset.versions : "";
  }

  function ask() {
    if (document.hidden || !drawn()) return again(EVERY_MS);
    known = known || drawn();
    fetch("/api/versions", { headers: { "If-None-Match": '"' + known + '"', "X-Background": "1" } })
      .then(function (answer) {
        if (answer.status === 304) return null;
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (told) {
        if (told && told.versions !== known) {
          known = told.versions;
          window.dash_clientside.set_props("versions", { data: known });
        }
        again(EVERY_MS);
      })
      .catch(function () { again(Math.min(LONGEST_MS, wait * 2)); });
  }

  function again(ms) {
    wait = ms;
    window.setTimeout(ask, ms);
  }

  again(EVERY_MS);
})();
