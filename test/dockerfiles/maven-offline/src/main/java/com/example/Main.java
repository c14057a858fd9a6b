package com.example;

public class Main {
    record Entry(String account, long cents) {}

    public static void main(String[] words) {
        var entry = new Entry("sales", 4200);
        System.out.println("ledger: " + entry.account() + " " + entry.cents());
    }
}
