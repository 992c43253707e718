# frozen_string_literal: true

# A compact index for real Bundler: the family as `rungs catalog export` writes it, the gems
# outside from shared facts or as stubs, served on 127.0.0.1 for one Ruby at a time.

require "digest"
require "fileutils"
require "json"
require "socket"
require "tempfile"
require "tmpdir"
require "bundler"
require "bundler/friendly_errors"
require "bundler/cli"
require "bundler/cli/lock"

# The entries of `info/NAME` by name; each `[number, dependencies, ruby requirement or nil, line]`.
class CompactIndex
  attr_reader :family

  def initialize(exported, outside = nil)
    @infos = {}
    @family = read(exported)
    read(outside) if outside
    add_stubs
  end

  # `path => text` of what a server for this Ruby says: only releases that the Ruby meets, without
  # their `ruby:`. Bundler 2.3 resolves for the Ruby that it runs on, whatever the Gemfile says, so
  # this is how it resolves for another. Without a Ruby every line as it was read; with a day only
  # what the index says was there by then, and what has no day.
  def files(ruby = nil, until_day = nil)
    LOCK.synchronize { (@files ||= {})[[ruby, until_day]] ||= build(ruby, until_day) }
  end

  # Every line as it was read, as a mirror has it in a folder.
  def write(folder)
    files.each do |path, text|
      file = File.join(folder, path)
      FileUtils.mkdir_p(File.dirname(file))
      File.write(file, text)
    end
  end

  LOCK = Mutex.new

  # Is there a release of a line that this Ruby runs?
  def runs?(name, line, ruby)
    @infos[name].to_a.any? do |number, _, wanted, _|
      number.start_with?("#{line}.") && (wanted.nil? || wanted.satisfied_by?(ruby))
    end
  end

  # Was a line of Ruby there on that day? A line of Ruby comes out at the end of a year.
  def released?(ruby, day) = day >= Date.new(RUBY_YEARS.fetch(ruby), 12, 26)

  RUBY_YEARS = { "2.4" => 2016, "2.5" => 2017, "2.6" => 2018, "2.7" => 2019, "3.0" => 2020, "3.1" => 2021,
                 "3.2" => 2022, "3.3" => 2023, "3.4" => 2024 }.freeze

  def knows?(name, version) = @infos[name].to_a.any? { |number, *| number == version }

  # The release after a version in its line that this Ruby runs.
  def following(name, version, ruby)
    installed = Gem::Version.new(version)
    line = installed.segments.first(2)
    later = @infos[name].to_a.filter_map do |number, _, wanted, _|
      release = Gem::Version.new(number)
      release if release > installed && release.segments.first(2) == line && !release.prerelease? &&
                 (wanted.nil? || wanted.satisfied_by?(ruby))
    end
    later.min&.to_s
  end

  private

  def build(ruby, until_day)
    infos = @infos.sort.to_h do |name, entries|
      lines = entries.filter_map do |number, needs, wanted, line|
        next if until_day && line[/created_at:(.{10})/, 1].to_s > until_day
        next line unless ruby

        "#{number} #{needs}|" if wanted.nil? || wanted.satisfied_by?(ruby)
      end
      [name, lines]
    end
    infos.reject! { |_, lines| lines.empty? }
    files = infos.to_h { |name, lines| ["/info/#{name}", "---\n#{lines.join("\n")}\n"] }
    versions = infos.map do |name, lines|
      numbers = lines.map { |line| line.split(" ", 2).first }.join(",")
      "#{name} #{numbers} #{Digest::MD5.hexdigest(files["/info/#{name}"])}"
    end
    files["/versions"] = "created_at: 2026-01-01T00:00:00Z\n---\n#{versions.join("\n")}\n"
    files["/names"] = "---\n#{infos.keys.join("\n")}\n"
    files
  end

  def read(folder)
    names = Dir.children(File.join(folder, "info")).sort.reject { |name| @infos.key?(name) }
    names.each do |name|
      lines = File.readlines(File.join(folder, "info", name), chomp: true)
      @infos[name] = lines.drop(lines.index("---") + 1).map do |line|
        number, rest = line.split(" ", 2)
        needs, metadata = rest.split("|", 2)
        ruby = metadata.to_s.split(",").find { |entry| entry.start_with?("ruby:") }
        ruby &&= Gem::Requirement.new(ruby.delete_prefix("ruby:").split("&"))
        [number, needs, ruby, line]
      end
    end
    names
  end

  # Gems that are needed and that nobody describes: every version that a requirement names.
  def add_stubs
    wanted = Hash.new { |hash, name| hash[name] = [] }
    @infos.each_value do |entries|
      entries.each do |_, needs, *|
        needs.to_s.split(",").each do |need|
          name, requirements = need.split(":", 2)
          wanted[name].concat(Gem::Requirement.new(requirements.split("&")).requirements)
        end
      end
    end
    wanted.each do |name, requirements|
      next if @infos.key?(name)

      numbers = requirements.filter_map do |operator, version|
        next if %w[< <= !=].include?(operator)

        operator == ">" ? "#{version}.1" : version.to_s
      end
      @infos[name] = numbers.uniq.map { |number| [number, "", nil, "#{number} |"] }
    end
  end
end

# Answers GET with a text, 404 otherwise; no ranges, no cache.
class Server
  attr_reader :port
  attr_writer :files

  def initialize
    @socket = TCPServer.new("127.0.0.1", 0)
    @port = @socket.addr[1]
    @files = {}
    @thread = Thread.new { loop { Thread.new(@socket.accept) { |client| answer(client) } } }
  end

  def stop
    @thread.kill
    @socket.close
  end

  private

  def answer(client)
    while (request = client.gets)
      nil until client.gets.to_s.chomp.empty?
      text = @files[request.split[1]]
      status = text ? "200 OK" : "404 Not Found"
      text ||= ""
      client.write("HTTP/1.1 #{status}\r\nContent-Type: text/plain\r\n" \
                   "Content-Length: #{text.bytesize}\r\n\r\n#{text}")
    end
  rescue SystemCallError, IOError
    nil
  ensure
    client.close
  end
end

# `bundle lock` in a folder of its own, away from the user's settings and gems. Bundler is loaded
# once and each call runs in a fork: the same code, without its start of a fifth of a second.
class Bundle
  attr_reader :folder
  attr_accessor :port

  # Molinillo can search for hours; what takes more seconds of computing counts as not locked.
  SECONDS = Integer(ENV.fetch("SECONDS", "10"))

  def initialize(port)
    @port = port
    @folder = Dir.mktmpdir("rungs-bundler")
    @home = Dir.mktmpdir("rungs-bundler-home")
  end

  # The environment in which Bundler knows nothing of this machine.
  def environment
    {
      "HOME" => @home, "BUNDLE_USER_HOME" => @home, "BUNDLE_APP_CONFIG" => @home,
      "GEM_HOME" => @home, "GEM_PATH" => @home, "BUNDLE_DISABLE_VERSION_CHECK" => "1",
      "BUNDLE_RETRY" => "0", "BUNDLE_SILENCE_ROOT_WARNING" => "1", "BUNDLE_FROZEN" => nil,
      "RUBYOPT" => nil, "BUNDLE_GEMFILE" => nil, "BUNDLE_PATH" => nil,
      "http_proxy" => nil, "https_proxy" => nil, "HTTP_PROXY" => nil, "HTTPS_PROXY" => nil,
      "no_proxy" => "127.0.0.1"
    }
  end

  def gemfile=(lines)
    text = "source \"http://127.0.0.1:#{@port}\"\n\n#{lines.join("\n")}\n"
    File.write(File.join(@folder, "Gemfile"), text)
  end

  # Makes the folder of a gem that comes from there, and that needs this.
  def vendor(name, version, needs)
    folder = File.join(@folder, "vendor", name)
    FileUtils.mkdir_p(folder)
    needs = needs.map { |on, requirements| "s.add_runtime_dependency(#{on.dump}, *#{requirements.inspect})\n" }
    File.write(File.join(folder, "#{name}.gemspec"), <<~GEMSPEC)
      Gem::Specification.new do |s|
        s.name = #{name.dump}
        s.version = #{version.dump}
        s.summary = s.author = "test"
        s.files = []
        #{needs.join}
      end
    GEMSPEC
  end

  # Runs it; `nil` if it went well, what Bundler said otherwise.
  def lock(*arguments)
    reader, writer = IO.pipe
    child = fork do
      reader.close
      [$stdout, $stderr].each { |stream| stream.reopen(writer) }
      Process.setrlimit(:CPU, SECONDS)
      environment.each { |name, value| ENV[name] = value }
      Gem.clear_paths
      Dir.chdir(@folder)
      Bundler.with_friendly_errors { Bundler::CLI.start(["lock", *arguments], debug: true) }
    end
    writer.close
    said = reader.read
    reader.close
    Process.wait(child)
    $?.success? ? nil : "#{$?.inspect} #{said}"
  end

  # The versions in the lockfile by name, whatever the source.
  def locked
    text = File.read(File.join(@folder, "Gemfile.lock"))
    text.scan(/^    (\S+) \(([^)]+)\)/).to_h
  end

  def forget_lockfile = FileUtils.rm_f(File.join(@folder, "Gemfile.lock"))

  def gone = FileUtils.rm_rf([@folder, @home])
end
