module temper.codes/bench/peer

go 1.26
