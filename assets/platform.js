/* What the browser does on its own: theme, full screen, menus, keys. Everything is delegated from the document, so
   nothing has to be bound again when Dash replaces a part of the page. */
(function () {
  "use strict";
  var root = document.documentElement;

  /* The root size follows the screen in CSS; charts draw in pixels and are enlarged by the same factor. */
  function setScale() {
    var size = parseFloat(window.getComputedStyle(root).fontSize) || 16;
    root.style.setProperty("--scale", String(size / 16));
  }

  setScale();
  window.addEventListener("resize", setScale);

  /* A4 landscape within its margins, in CSS pixels. */
  var PAPER = { width: 1062, height: 733 };

  window.addEventListener("beforeprint", function () {
    var fits = Math.min(PAPER.width / window.innerWidth, PAPER.height / window.innerHeight);
    root.style.setProperty("--print-root", window.getComputedStyle(root).fontSize);
    root.style.setProperty("--print-width", window.innerWidth + "px");
    root.style.setProperty("--print-height", window.innerHeight + "px");
    root.style.setProperty("--print-zoom", String(fits));
  });

  /* The server reads the cookie and writes the theme into the document, so the next page opens in it at once. */
  function setTheme(name) {
    root.setAttribute("data-bs-theme", name);
    document.cookie = "theme=" + name + "; path=/; max-age=31536000; SameSite=Lax";
    if (document.querySelector(".page")) window.dash_clientside.set_props("theme", { data: name });
  }

  function toggleTheme() {
    setTheme(root.getAttribute("data-bs-theme") === "light" ? "dark" : "light");
  }

  function toggleFull(element) {
    if (document.fullscreenElement) {
      document.exitFullscreen();
    } else if (element && element.requestFullscreen) {
      element.requestFullscreen();
    }
  }

  /* The clipboard needs a secure origin; inside a closed network over plain HTTP the old way serves. */
  function copyLink(knob) {
    var href = location.origin + knob.dataset.href;
    var done = function () {
      var words = knob.textContent;
      knob.textContent = "已复制";
      window.setTimeout(function () { knob.textContent = words; }, 1500);
    };
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(href).then(done);
      return;
    }
    var field = document.createElement("textarea");
    field.value = href;
    document.body.appendChild(field);
    field.select();
    if (document.execCommand("copy")) done();
    field.remove();
  }

  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except) menu.removeAttribute("open");
    });
  }

  /* A menu near the foot of the screen opens upwards. */
  document.addEventListener("toggle", function (event) {
    var box = event.target.open && event.target.matches("details.menu") && event.target.querySelector("[role=menu]");
    if (!box) return;
    box.classList.remove("is-up");
    var place = box.getBoundingClientRect();
    box.classList.toggle("is-up", place.bottom > window.innerHeight && place.height < place.top);
  }, true);

  var actions = {
    theme: toggleTheme,
    "full-page": function () { toggleFull(root); },
    "full-panel": function (knob) { toggleFull(knob.closest(".panel")); },
    "copy-link": function (knob) { copyLink(knob); },
    print: function () { window.print(); }
  };

  document.addEventListener("click", function (event) {
    var knob = event.target.closest("[data-action]");
    if (knob && actions[knob.dataset.action]) actions[knob.dataset.action](knob);
    var summary = event.target.closest("details.menu > summary");
    closeMenus(summary ? summary.parentElement : null);
  });

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  /* D opens the data behind the panel that has the focus or the pointer. */
  function openData() {
    var panel = document.activeElement.closest(".panel") || document.querySelector(".panel:hover");
    var entry = panel && panel.querySelector(".menu [role=menuitem]");
    if (entry) entry.click();
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") closeMenus(null);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    var key = event.key.toLowerCase();
    if (key === "f") toggleFull(root);
    if (key === "t") toggleTheme();
    if (key === "d") openData();
  });

  /* What a mark stands for. Dash leaves it out for cells, whose place is their column and row. */
  function membersOf(id, point) {
    if (point.customdata !== undefined) return point.customdata;
    var trace = document.getElementById(id).querySelector(".js-plotly-plot").data[point.curveNumber];
    return trace.customdata ? trace.customdata[point.y][point.x] : undefined;
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.platform = {
    /* Parts that the page came without. */
    want: function (missing) {
      return missing.length ? { parts: missing[0], at: Date.now() } : window.dash_clientside.no_update;
    },

    /* What one control did, alone and with a value. Controls that have only just appeared come all at once. */
    forward: function () {
      var triggered = window.dash_clientside.callback_context.triggered;
      if (triggered.length !== 1 || triggered[0].value === null || triggered[0].value === undefined) {
        return window.dash_clientside.no_update;
      }
      var name = triggered[0].prop_id;
      var id = name.slice(0, name.lastIndexOf("."));
      var value = triggered[0].value;
      if (value.points) value = { points: value.points.map(function (p) { return { customdata: membersOf(id, p) }; }) };
      return { id: JSON.parse(id), value: value, at: Date.now() };
    }
  };
})();
