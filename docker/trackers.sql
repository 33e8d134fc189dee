create database trackers owner yaozheng;
