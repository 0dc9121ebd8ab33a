/* What the browser keeps for its reader: the pages opened last; and the search of the catalogue. */
(function () {
  "use strict";
  var MOST = 8;
  var SETTLED_MS = 50;
  var timer = null;
  var noted = "";

  function shelf() {
    var user = document.querySelector(".self .user");
    return user ? "recent:" + user.textContent : null;
  }

  function kept() {
    try {
      return JSON.parse(window.localStorage.getItem(shelf()) || "[]");
    } catch (error) {
      return []; /* storage is forbidden or holds something else */
    }
  }

  function nameOf() {
    var title = document.querySelector(".page-title");
    return title ? title.firstChild.textContent : document.title.split(" · ")[0];
  }

  function note() {
    var path = location.pathname;
    if (path === "/" || !shelf() || !document.querySelector(".place.is-here, .page-title")) return;
    var page = { href: path + location.search, path: path, name: nameOf() };
    if (noted === page.href + page.name) return;
    noted = page.href + page.name;
    var others = kept().filter(function (item) { return item.path !== path; });
    try {
      window.localStorage.setItem(shelf(), JSON.stringify([page].concat(others).slice(0, MOST)));
    } catch (error) { /* nothing is kept then */ }
  }

  function show() {
    var place = document.getElementById("recent");
    if (!place || place.childElementCount) return;
    var pages = shelf() ? kept() : [];
    if (!pages.length) {
      var none = document.createElement("span");
      none.className = "hint";
      none.textContent = "打开过的页面会列在这里";
      place.appendChild(none);
    }
    pages.forEach(function (page) {
      if (typeof page.href !== "string" || page.href[0] !== "/" || page.href[1] === "/") return;
      var link = document.createElement("a");
      link.href = page.href;
      link.textContent = page.name;
      link.className = "btn-x";
      place.appendChild(link);
    });
  }

  /* Dash replaces the page without loading it; whatever appears is looked at a moment later. */
  new MutationObserver(function () {
    if (timer) return;
    timer = setTimeout(function () { timer = null; note(); show(); }, SETTLED_MS);
  }).observe(document, { childList: true, subtree: true });

  document.addEventListener("input", function (event) {
    if (event.target.id !== "catalogue-search") return;
    var words = event.target.value.trim().toLowerCase().split(/\s+/);
    var shown = 0;
    document.querySelectorAll("#catalogue tbody tr").forEach(function (row) {
      var text = row.textContent.toLowerCase();
      row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
      if (!row.hidden) shown += 1;
    });
    document.getElementById("catalogue-count").textContent = "共 " + shown + " 个指标";
  });
})();
