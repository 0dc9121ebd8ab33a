/* What every request of the page goes through. A session that has ended under it: say so by the log-in form, and come
   back here afterwards. And what follows from data that moved, until a person does something, says that it is nobody
   being there: else a page left open would never be logged out. */
(function () {
  "use strict";
  var ask = window.fetch;
  var leaving = false;
  var alone = false;

  document.addEventListener("moved", function () { alone = true; });
  ["pointerdown", "keydown", "wheel"].forEach(function (act) {
    window.addEventListener(act, function () { alone = false; }, { capture: true, passive: true });
  });

  function ofNobody(options) {
    var headers = new Headers(options && options.headers);
    headers.set("X-Background", "1");
    return Object.assign({}, options, { headers: headers });
  }

  window.fetch = function (address, options) {
    return ask.call(this, address, alone ? ofNobody(options) : options).then(function (answer) {
      var ours = new URL(answer.url, location.href).origin === location.origin;
      if (answer.status === 401 && ours && !leaving) {
        leaving = true;
        location.assign("/login?next=" + encodeURIComponent(location.pathname + location.search));
      }
      return answer;
    });
  };
})();
