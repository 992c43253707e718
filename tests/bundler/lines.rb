# frozen_string_literal: true

# A user's Gemfile, one line a gem, edited as the steps of a plan say.
class Lines
  # `local` names those that come from a folder.
  def initialize(gems, local = [])
    @lines = gems.to_h { |name| [name, local.include?(name) ? Lines.local(name) : %(gem "#{name}")] }
    @temporary = []
  end

  attr_reader :temporary

  def to_a = @lines.values

  # The lines of a step take the place of those before; temporary ones come and go.
  def edit(step)
    forget(step["obsolete"])
    step["removed"].to_a.each { |gem| @lines.delete(gem) or raise "#{gem} is no line of the user's" }
    step["gemfile"].each do |line|
      raise "#{line["gem"]} is no line of the user's" unless line["temporary"] || @lines.key?(line["gem"])
      raise "#{line["gem"]} is the user's own" if line["temporary"] && @lines.key?(line["gem"]) &&
                                                  !@temporary.include?(line["gem"])

      @temporary |= [line["gem"]] if line["temporary"]
      @lines[line["gem"]] = line["temporary"] ? "#{line["line"]} # rungs: temporary" : line["line"]
    end
  end

  # Temporary lines that a plan gives up.
  def forget(gems)
    raise "#{gems - @temporary} were never there" unless (gems - @temporary).empty?

    @temporary -= gems
    gems.each { |name| @lines.delete(name) }
  end

  def self.local(name) = %(gem "#{name}", path: "vendor/#{name}")

  # The plan's command, as `bundle lock` takes it; `nil` where there is nothing to run.
  def self.arguments(step)
    words = step["command"].to_s.split
    return if words.empty?
    raise "not a command of ours: #{step["command"]}" unless words.shift(2) == %w[bundle update]

    # A Ruby moves by itself; Bundler looks at it whenever it locks.
    words == %w[--ruby] ? [] : ["--update", *words]
  end
end
