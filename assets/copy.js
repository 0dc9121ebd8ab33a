/* Copying a figure for Word and WPS: its picture, its sentence, its footnote, its table; and the one line that says
   what was done, to those who see and to those who hear. */
(function () {
  "use strict";
  var hush = 0;

  window.say = function (words, tone) {
    var line = document.getElementById("said");
    if (!line) return;
    line.textContent = words;
    line.dataset.tone = tone || "ok";
    line.classList.add("is-on");
    window.clearTimeout(hush);
    hush = window.setTimeout(function () { line.classList.remove("is-on"); }, tone ? 6000 : 2500);
  };

  function told(answer) {
    if (answer.ok) return answer;
    return answer.json().then(function (body) {
      var error = body.error || {};
      throw new Error([error.what, error.remedy].filter(Boolean).join("；") || "未能复制");
    });
  }

  function get(address) { return fetch(address, { headers: { Accept: "application/json" } }).then(told); }

  /* The clipboard needs a secure origin; inside a closed network over plain HTTP the old way serves for text. */
  function modern() { return Boolean(window.isSecureContext && navigator.clipboard && window.ClipboardItem); }

  /* Given as promises, so that the click still counts as the wish when the content has come. */
  function write(parts) {
    return navigator.clipboard.write([new window.ClipboardItem(parts)]);
  }

  function blob(kind, text) { return new Blob([text], { type: kind }); }

  function oldWay(parts) {
    return new Promise(function (resolve, reject) {
      function fill(event) {
        event.preventDefault();
        Object.keys(parts).forEach(function (kind) { event.clipboardData.setData(kind, parts[kind]); });
      }
      document.addEventListener("copy", fill);
      var field = document.createElement("textarea");
      field.value = parts["text/plain"];
      field.className = "visually-hidden";
      document.body.appendChild(field);
      field.select();
      var done = document.execCommand("copy");
      document.removeEventListener("copy", fill);
      field.remove();
      if (done) resolve(); else reject(new Error("浏览器不允许复制，请改用导出"));
    });
  }

  /* ``pick`` takes the kinds out of what the server tells of the figure. */
  function texts(href, kinds, pick) {
    var coming = get(href + "").then(function (answer) { return answer.json(); }).then(pick);
    if (!modern()) return coming.then(oldWay);
    var parts = {};
    kinds.forEach(function (kind) {
      parts[kind] = coming.then(function (found) { return blob(kind, found[kind]); });
    });
    return write(parts);
  }

  function word(name) {
    return function (href) {
      return texts(href, ["text/plain"], function (told) { return { "text/plain": told[name] }; });
    };
  }

  function table(href) {
    return texts(href, ["text/html", "text/plain"], function (told) {
      return { "text/html": told.html, "text/plain": told.text };
    });
  }

  function picture(href) {
    if (!modern()) return save(href, "此环境不能复制图片，已改为下载");
    var coming = get(href).then(function (answer) { return answer.blob(); });
    return write({ "image/png": coming }).catch(function (error) {
      return coming.then(function () { return save(href, "浏览器不允许复制图片，已改为下载"); }, function (first) {
        throw first || error;
      });
    });
  }

  function save(href, words) {
    location.assign(href);
    return Promise.resolve(words);
  }

  var ways = {
    "copy-picture": picture,
    "copy-sentence": word("sentence"),
    "copy-footnote": word("footnote"),
    "copy-table": table
  };
  var done = {
    "copy-picture": "图片已复制", "copy-sentence": "说明句已复制", "copy-footnote": "脚注已复制", "copy-table": "表格已复制"
  };

  document.addEventListener("click", function (event) {
    var knob = event.target.closest("[data-action^='copy-'][data-from]");
    if (!knob) return;
    var action = knob.dataset.action;
    var menu = knob.closest("details");
    if (menu) menu.removeAttribute("open");
    window.say("正在复制…", "wait");
    ways[action](knob.dataset.from)
      .then(function (words) { window.say(words || done[action]); })
      .catch(function (error) { window.say(error.message || "未能复制", "bad"); });
  });
})();
