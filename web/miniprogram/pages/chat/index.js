// The one page: the widget over the whole height.

Component({
  data: { server: "" },
  lifetimes: {
    attached() {
      this.setData({ server: getApp().globalData.server });
    },
  },
});
