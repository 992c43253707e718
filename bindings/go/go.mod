module example.org/rungs/bindings/go

go 1.19
