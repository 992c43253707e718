# Runs the checks of `rungs smoke` and reports each on standard output: a line of words, texts in
# hexadecimal after an x. It requires nothing itself: what a check forgets to require must not be there.
report = $stdout.dup
report.sync = true
$stdout.reopen($stderr)
say = lambda do |word, *texts|
  texts = texts.map { |text| "x#{text.to_s.b.unpack("H*").first}" }
  report.puts(["rungs-smoke", word, *texts].join(" "))
end

checks = []
while (line = $stdin.gets) && line != "run\n"
  texts = line.chomp.split(" ").map { |text| [text[1..-1]].pack("H*").force_encoding("UTF-8") }
  checks << texts
end
# It closes when the program that started this one has gone.
Thread.new do
  $stdin.read
  exit!(1)
end
say.call("ruby", RUBY_VERSION)

inside = Object.new
# The first true value of the block; raises after so many seconds without one.
inside.define_singleton_method(:eventually) do |seconds, &block|
  give_up = Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
  until (value = block.call)
    raise "nothing happened within #{seconds} seconds" if Process.clock_gettime(Process::CLOCK_MONOTONIC) > give_up

    sleep(0.05)
  end
  value
end

# A method, so that the code sees no variable of this file.
run = Class.new do
  def call(inside, code, file)
    inside.instance_eval(code, file, 1)
  end
end.new

loaders = %r{/rubygems/|/bundler/|/zeitwerk|/bundled_gems\.rb|\A<internal:|\A-e:}
place = lambda do |error|
  lines = error.backtrace || []
  line = lines.find { |text| !text.match?(loaders) } || lines.first
  line = line.to_s[/\A.*?:\d+/].to_s
  spec = Gem.loaded_specs.values.find { |known| line.start_with?("#{known.full_gem_path}/") }
  spec ? "#{spec.full_name}#{line[spec.full_gem_path.size..-1]}" : line
end
first_line = ->(error) { error.message.to_s.scrub.strip.lines.first.to_s.strip[0, 500] }

checks.each_with_index do |(name, package, version, code), at|
  spec = Gem.loaded_specs[package]
  if spec.nil?
    say.call("skip", at, "#{package} is not installed, its group is excluded")
    next
  elsif spec.version != Gem::Version.new(version)
    say.call("differs", at, spec.version)
    exit!(0)
  end
  say.call("begin", at)
  start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  begin
    run.call(inside, code, "smoke/#{name}")
  rescue Exception => error # also NotImplementedError, SystemExit, LoadError
    cause = error
    20.times { cause = cause.cause || cause }
    message = first_line.call(cause)
    message += " (raised as #{error.class}: #{first_line.call(error)})" unless cause.equal?(error)
    say.call("fail", at, cause.class, message, place.call(cause))
    exit!(0)
  end
  say.call("pass", at, ((Process.clock_gettime(Process::CLOCK_MONOTONIC) - start) * 1000).round)
end
say.call("done")
exit!(0)
