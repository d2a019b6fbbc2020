//go:build !unix

package main

func runAsNobody() int { return run() }
