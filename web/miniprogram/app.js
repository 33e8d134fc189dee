// A mini-program that shows the widget on one page. Copy components/yaozheng-chat into your own instead.

App({
  globalData: {
    /** The installation's address; it must stand in the mini-program's lists of request, socket, upload and download domains. */
    server: "https://service.example.gov.cn",
  },
});
