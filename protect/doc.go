// Package protect decides what may leave: it reads the labels that askers put on their words (Traffic Light
// Protocol 2.0, Chatham House Rule, opt-outs), and its gate is the one way from stored questions to what a
// renderer may show. In doubt it holds back.
package protect
