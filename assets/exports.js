/* Exports of many rows: asked for here, written by the server in a process of its own, and watched until they are
   ready, on whatever page one is. The list stands outside the pages, so that leaving one takes nothing away. */
(function () {
  "use strict";
  var FIRST_MS = 1000;
  var LONGEST_MS = 15000;
  var MARK = "exports"; /* noted in this browser while there is something to watch: other pages then ask once */
  var timer = 0;
  var wait = FIRST_MS;
  var watched = {}; /* by id: whether it was under way when last seen */
  var root = document.documentElement;

  function token() {
    var found = document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]+)/);
    return found ? decodeURIComponent(found[1]) : "";
  }

  function send(method, address, body) {
    var headers = { "X-CSRF-Token": token(), Accept: "application/json" };
    if (method === "GET") headers["X-Background"] = "1";
    if (body) headers["Content-Type"] = "application/json";
    return fetch(address, { method: method, headers: headers, body: body ? JSON.stringify(body) : undefined })
      .then(function (answer) {
        return answer.json().then(function (told) {
          if (answer.ok) return told;
          var error = told.error || {};
          throw new Error([error.what, error.remedy].filter(Boolean).join("；"));
        });
      });
  }

  function panel() { return document.getElementById("exports"); }

  function make(tag, name, text) {
    var node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function amount(count) { return count.toLocaleString("zh-CN"); }

  function size(bytes) {
    return bytes < 1e6 ? Math.max(1, Math.round(bytes / 1e3)) + " KB" : (bytes / 1e6).toFixed(1) + " MB";
  }

  function isOpen(job) { return job.state === "waiting" || job.state === "running"; }

  function words(job) {
    if (job.state === "waiting") return "排队中";
    if (job.state === "running") {
      return job.total === null ? "正在准备…" : "已写 " + amount(job.done) + " / " + amount(job.total) + " 行";
    }
    if (job.state === "done") return amount(job.done) + " 行，" + size(job.bytes) + (job.demo ? "，演示数据" : "");
    if (job.state === "failed") return job.error;
    return { cancelled: "已取消", expired: "文件已过期，请重新导出" }[job.state];
  }

  function bar(job) {
    var track = make("div", "progress");
    var fill = make("div", "progress-bar");
    var share = job.total ? Math.min(100, 100 * job.done / job.total) : 0;
    fill.style.width = share + "%";
    track.setAttribute("role", "progressbar");
    track.setAttribute("aria-label", job.title);
    track.setAttribute("aria-valuemin", "0");
    track.setAttribute("aria-valuemax", "100");
    track.setAttribute("aria-valuenow", String(Math.round(share)));
    track.appendChild(fill);
    return track;
  }

  function line(job) {
    var item = make("li", "export-job is-" + job.state);
    var head = make("div", "export-head");
    head.append(make("b", "", job.title), make("span", "badge-x", job.format.toUpperCase()), make("small", "", job.at));
    item.appendChild(head);
    if (isOpen(job)) item.appendChild(bar(job));
    var foot = make("div", "export-foot");
    foot.appendChild(make("span", "", words(job)));
    if (isOpen(job)) {
      var knob = make("button", "btn-x", "取消");
      knob.type = "button";
      knob.addEventListener("click", function () {
        knob.disabled = true;
        send("POST", "/export/jobs/" + job.id + "/cancel").then(look, fail);
      });
      foot.appendChild(knob);
    }
    if (job.state === "done") {
      var link = make("a", "btn-x", "下载");
      link.href = "/export/jobs/" + job.id + "/file";
      foot.appendChild(link);
    }
    item.appendChild(foot);
    return item;
  }

  function show(jobs) {
    var box = panel();
    if (!box) return;
    var open = jobs.filter(isOpen).length;
    var ready = jobs.filter(function (job) { return job.state === "done"; }).length;
    if (open) root.dataset.exports = String(open); else delete root.dataset.exports;
    if (open || ready) localStorage.setItem(MARK, "1"); else localStorage.removeItem(MARK);
    var list = box.querySelector(".export-list");
    var held = document.activeElement && list.contains(document.activeElement);
    list.replaceChildren.apply(list, jobs.length ? jobs.map(line) : [make("li", "hint", "还没有导出")]);
    if (held) box.querySelector(".export-close").focus();
    told(jobs);
  }

  /* How a job ended is said to all, and heard by a screen reader; not each step on the way. */
  function told(jobs) {
    jobs.forEach(function (job) {
      if (watched[job.id] && !isOpen(job)) {
        window.say(job.title + "：" + words(job), job.state === "failed" ? "bad" : "ok");
      }
      watched[job.id] = isOpen(job);
    });
  }

  function fail(error) { window.say(error.message || "未能完成", "bad"); }

  function look() {
    window.clearTimeout(timer);
    return send("GET", "/export/jobs").then(function (found) {
      var moved = JSON.stringify(found.jobs);
      wait = moved === look.seen ? Math.min(LONGEST_MS, wait * 1.5) : FIRST_MS;
      look.seen = moved;
      show(found.jobs);
      if (found.jobs.some(isOpen)) timer = window.setTimeout(again, wait);
    }).catch(function (error) {
      if (!panel() || panel().hidden) return;
      wait = Math.min(LONGEST_MS, wait * 2);
      timer = window.setTimeout(again, wait);
      fail(error);
    });
  }

  function again() {
    if (document.hidden) timer = window.setTimeout(again, FIRST_MS); else look();
  }

  function build() {
    var box = panel();
    if (!box || box.firstChild) return box;
    var head = make("header", "export-top");
    var close = make("button", "export-close knob");
    close.type = "button";
    close.title = "关闭";
    close.setAttribute("aria-label", "关闭导出列表");
    close.appendChild(make("i", "icon icon-close"));
    close.addEventListener("click", toggle);
    head.append(make("h2", "", "我的导出"), make("small", "hint", "文件保留一天，只有本人能下载"), close);
    box.append(head, make("ul", "export-list"));
    return box;
  }

  function toggle(open) {
    var box = build();
    if (!box) return;
    box.hidden = open === true ? false : !box.hidden;
    wait = FIRST_MS;
    if (!box.hidden) look();
  }

  /* How the grid beside the button is sorted and filtered. */
  function gridOf(knob) {
    var grid = knob.closest(".rows").querySelector(".rows-grid [id*='\"kind\":\"grid\"']");
    var api = grid && window.dash_ag_grid ? window.dash_ag_grid.getApi(grid.id) : null;
    if (!api) return "{}";
    var sorted = api.getColumnState().filter(function (column) { return column.sort; });
    return JSON.stringify({
      sortModel: sorted.map(function (column) { return { colId: column.colId, sort: column.sort }; }),
      filterModel: api.getFilterModel()
    });
  }

  function ask(knob) {
    var data = knob.dataset;
    var body = { code: data.code, format: data.format, search: data.search || "", grid: gridOf(knob) };
    knob.setAttribute("aria-busy", "true");
    send("POST", "/export/jobs", body).then(function (told) {
      if (told.at_once) location.assign(told.at_once); else toggle(true);
    }).catch(fail).finally(function () { knob.removeAttribute("aria-busy"); });
  }

  document.addEventListener("click", function (event) {
    var knob = event.target.closest("[data-action='export-rows'], [data-action='exports']");
    if (!knob) return;
    if (knob.dataset.action === "exports") return toggle();
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (knob.getAttribute("aria-busy") !== "true") ask(knob);
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && panel() && !panel().hidden) panel().hidden = true;
  });

  /* The list is part of the page's frame, which Dash draws after this script has run. */
  function begin(tries) {
    if (!panel()) return tries && window.setTimeout(begin, 500, tries - 1);
    build();
    if (localStorage.getItem(MARK)) look();
  }

  begin(20);
})();
