// Runs a built mini-program: its globals, its components, its one page.

const glassEasel = require("glass-easel");
const adapter = require("glass-easel-miniprogram-adapter");
const teach = require("./elements.js");
const { testing, wx } = require("./wx.js");

module.exports = function run({ templates, configs, scripts, scopes, app, home }) {
  Object.assign(window, { wx, testing, App: (definition) => { window.theApp = definition; }, getApp: () => window.theApp });
  teach(testing);
  app();
  window.theApp.globalData.server = window.location.origin;

  const space = new adapter.MiniProgramEnv();
  const code = space.createCodeSpace("", true);
  const paths = Object.keys(configs);
  for (const path of paths) {
    code.addComponentStaticConfig(path, configs[path]);
    code.addCompiledTemplate(path, { groupList: templates, content: templates[path] });
    code.addStyleSheet(path, undefined, scopes[path]);
  }
  for (const path of paths) {
    code.globalComponentEnv(window, path, scripts[path]);
  }
  const backend = new glassEasel.CurrentWindowBackendContext();
  backend.onEvent((target, type, detail, options) => glassEasel.Event.triggerEvent(target, type, detail, options));
  const root = space.associateBackend(backend).createRoot("page", code, home);
  const holder = document.createElement("div");
  document.getElementById("root").append(holder);
  root.attach(document.getElementById("root"), holder);
  /** What WeChat does when the person comes back. */
  window.comeBack = () => root.getComponent().triggerPageLifetime("show", []);
};
