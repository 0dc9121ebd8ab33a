/* Functions and cells that the grids name: the policy allows no code in text, so they stand here. */
(function () {
  "use strict";
  var functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  var components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

  functions.amount = function (value, decimals) {
    if (value === undefined) return ""; /* a row on its way */
    if (value === null) return "—";
    return value
      .toLocaleString("zh-CN", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
      .replace("-", "−");
  };

  /* The server filters; what it sent has passed. */
  functions.everyRow = function () { return function () { return true; }; };

  /* A cell that leads somewhere within the site, without loading the page anew. */
  components.EntityLink = function (props) {
    var href = props.data && props.data[props.colDef.field + ":href"];
    if (!href) return props.value === undefined || props.value === null ? "" : String(props.value);
    return window.React.createElement("a", {
      href: href,
      onClick: function (event) {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        window.history.pushState({}, "", href);
        window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
      }
    }, props.value);
  };
})();
