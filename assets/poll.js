/* Asks now and then whether any data have moved, and tells the page when they have. The answer is one word, 304 while
   nothing changed; one question at a time, rarer while the server is in trouble or nobody looks. */
(function () {
  "use strict";
  var EVERY_MS = 15000;
  var LONGEST_MS = 240000;
  var wait = EVERY_MS;
  var known = "";
  var board = "";
  var seen = "";

  /* The mark of the board on the page, which says with which versions it was drawn. */
  function drawn() {
    var mark = document.getElementById("drawn");
    if (mark && (mark.dataset.board !== board || mark.dataset.versions !== seen)) {
      board = mark.dataset.board;
      seen = known = mark.dataset.versions;
    }
    return mark !== null;
  }

  function ask() {
    if (document.hidden || !drawn()) return again(EVERY_MS);
    var headers = { "If-None-Match": '"' + known + '"', "X-Background": "1" };
    fetch("/api/versions?board=" + encodeURIComponent(board), { headers: headers })
      .then(function (answer) {
        if (answer.status === 304) return null;
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (told) {
        if (told && told.versions !== known) {
          known = told.versions;
          document.dispatchEvent(new Event("moved"));
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
