# frozen_string_literal: true

# Gems that look like the family from where `rungs smoke` looks, and send messages to a list in memory.
# The variable STAND_IN says what goes wrong in them.

require "rubygems/package"
require "stringio"

module StandIns
  MESSAGES = <<~RUBY
    # Topics by name, and what librdkafka brings along.
    $topics = Hash.new { |topics, name| topics[name] = [] }
    module FFI
      class MemoryPointer
        def initialize(*) = nil
        def read_string = "no error"
      end
    end
    module Rdkafka
      Client = Struct.new(:config) { def null? = false }
      module Bindings
        def self.rd_kafka_conf_new = {}
        def self.rd_kafka_conf_set(config, key, value, *) = config[key] = value
        def self.rd_kafka_new(_, config, *) = Client.new(config)
      end
      class Metadata
        attr_reader :brokers

        def initialize(client)
          raise "no mock cluster was asked for" unless client.config["test.mock.num.brokers"] == "1"

          @brokers = [{ broker_id: 1, broker_name: "127.0.0.1", broker_port: 9 }]
        end
      end
    end
  RUBY

  WATERDROP = <<~RUBY
    require "rdkafka"
    Rdkafka::Producer::Client if ENV["STAND_IN"] == "load"
    $stdout.puts("waterdrop speaks", "rungs-smoke done")
    module WaterDrop
      class Monitor
        def initialize = @blocks = Hash.new { |blocks, name| blocks[name] = [] }
        def subscribe(name, &block) = @blocks[name] << block
        def tell(name, event) = @blocks[name].each { |block| block.call(event) }
      end
      Report = Struct.new(:offset) { def wait = self }
      class Producer
        Config = Struct.new(:id, :kafka)
        attr_reader :monitor

        def initialize
          @config = Config.new
          @monitor = Monitor.new
          @waiting = []
          yield @config
        end

        def client = Thread.new { sleep(0.1); monitor.tell("statistics.emitted", statistics: {}) }

        def produce_async(message)
          case ENV["STAND_IN"]
          when "produce"
            begin
              raise KeyError, "no label"
            rescue KeyError
              raise ArgumentError, "unknown keyword: \\e[31mwait_timeout\\e[0m"
            end
          when "exit" then exit(0)
          when "abort" then Process.kill(:ABRT, Process.pid); sleep
          when "hang"
            File.write("hanging", Process.pid)
            sleep
          end
          if @config.kafka[:"bootstrap.servers"] == "127.0.0.1:1"
            Thread.new { sleep(0.1); monitor.tell("error.occurred", type: "librdkafka.error") }
          end
          Report.new(($topics[message[:topic]] << message[:payload]).size - 1)
        end

        alias produce_sync produce_async
        def produce_many_sync(messages) = messages.map { |message| produce_async(message) }
        def buffer(message) = @waiting << message
        def flush_sync = produce_many_sync(@waiting)
        def close = @closed = true
      end
    end
  RUBY

  KARAFKA = <<~RUBY
    require "waterdrop"
    module Karafka
      class BaseConsumer
        attr_accessor :messages
        def mark_as_consumed(message) = message.raw_payload
      end
      Message = Struct.new(:raw_payload)
      Routes = Struct.new(:all) do
        def topic(name, &block) = (@name = name) && instance_eval(&block)
        def consumer(type) = all[@name] = type
        def draw(&block) = instance_eval(&block)
      end
      class App
        Config = Struct.new(:kafka, :client_id, :shutdown_timeout)
        def self.setup = yield(Config.new)
        def self.routes = ROUTES
      end
      ROUTES = Routes.new({})
      def self.monitor = @monitor ||= WaterDrop::Monitor.new
      def self.producer = @producer ||= WaterDrop::Producer.new { |config| config.kafka = {} }
      module Server
        def self.start
          ROUTES.all.each do |name, type|
            consumer = type.new
            consumer.messages = $topics[name].map { |payload| Message.new(payload) }
            consumer.consume unless ENV["STAND_IN"] == "consume"
          end
          Karafka.monitor.tell("error.occurred", error: NotImplementedError.new("rebalance")) if ENV["STAND_IN"] == "consume"
          sleep(0.05) until @stop
        end

        def self.stop = @stop = true
      end
    end
  RUBY

  FILES = {
    "karafka-rdkafka" => { "lib/rdkafka.rb" => MESSAGES },
    "waterdrop" => { "lib/waterdrop.rb" => WATERDROP },
    "karafka" => { "lib/karafka.rb" => KARAFKA },
    "karafka-web" => { "lib/karafka/web.rb" => "raise LoadError, 'no thor' if ENV['STAND_IN'] == 'web'\n" },
  }.freeze

  # A process has one working folder.
  LOCK = Mutex.new

  # The bytes of a gem; `needs` as a compact index writes them.
  def self.gem(name, version, needs)
    spec = Gem::Specification.new do |it|
      it.name = name
      it.version = version
      it.summary = it.author = "stand-in"
      needs.to_s.split(",").each do |need|
        on, requirements = need.split(":", 2)
        it.add_runtime_dependency(on, *requirements.split("&"))
      end
    end
    LOCK.synchronize { Dir.mktmpdir { |folder| Dir.chdir(folder) { build(spec) } } }
  end

  def self.build(spec)
    sources = FILES.fetch(spec.name, {})
    sources.each do |path, source|
      FileUtils.mkdir_p(File.dirname(path))
      File.write(path, source)
    end
    spec.files = sources.keys
    Gem::DefaultUserInteraction.use_ui(Gem::SilentUI.new) { File.binread(Gem::Package.build(spec, true)) }
  end
  private_class_method :build
end
