/* A session that has ended under an open page: say so by the log-in form, and come back here afterwards. */
(function () {
  "use strict";
  var ask = window.fetch;
  var leaving = false;
  window.fetch = function () {
    return ask.apply(this, arguments).then(function (answer) {
      var ours = new URL(answer.url, location.href).origin === location.origin;
      if (answer.status === 401 && ours && !leaving) {
        leaving = true;
        location.assign("/login?next=" + encodeURIComponent(location.pathname + location.search));
      }
      return answer;
    });
  };
})();
