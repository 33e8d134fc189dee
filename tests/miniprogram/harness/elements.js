// WeChat's own elements in a browser: the DOM element of that name, taught what WeChat's does besides.

const LINE_PX = 120;

/** @param {{date: string}} testing */
module.exports = function teach(testing) {
  const plain = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function setAttribute(name, value) {
    if (name !== "aria-role") {
      plain.call(this, name, value);
    }
    const special = ATTRIBUTES[name];
    if (special) {
      special(this, value);
    }
  };

  const ATTRIBUTES = {
    "aria-role": (node, value) => plain.call(node, "role", value),
    value: (node, value) => { if (/^(INPUT|TEXTAREA)$/.test(node.tagName)) { node.value = value; } },
    password: (node) => plain.call(node, "type", "password"),
    type: (node, value) => { if (value === "digit") { plain.call(node, "inputmode", "decimal"); } },
    "scroll-into-view": (node, value) => { if (value) { reveal(node, value); } },
  };

  function reveal(box, id) {
    // The framework keeps ids to itself.
    const target = [...box.querySelectorAll("*")].find((node) => node.__wxElement && node.__wxElement.id === id);
    if (target) {
      box.scrollTop += target.getBoundingClientRect().top - box.getBoundingClientRect().top;
    }
  }

  // What WeChat puts into an event's detail; the framework copies an event's own keys into it.
  const before = (type, work) => window.addEventListener(type, work, true);
  before("input", (event) => { event.value = event.target.value; });
  before("scroll", (event) => {
    const box = event.target;
    if (box.nodeName === "SCROLL-VIEW") {
      event.deltaY = (box.lastTop || 0) - box.scrollTop;
      box.lastTop = box.scrollTop;
      if (box.scrollHeight - box.scrollTop - box.clientHeight < LINE_PX) {
        box.dispatchEvent(new Event("scrolltolower"));
      }
    }
  });
  before("keydown", (event) => {
    if (event.key === "Enter" && event.target.getAttribute("confirm-type")) {
      event.preventDefault();
      event.target.dispatchEvent(new Event("confirm", { bubbles: true }));
    }
  });
  before("click", (event) => {
    const picker = event.target.closest && event.target.closest("picker");
    if (picker && !picker.hasAttribute("disabled")) {
      const change = new Event("change", { bubbles: true });
      change.value = testing.date;
      picker.dispatchEvent(change);
    }
  });
};
