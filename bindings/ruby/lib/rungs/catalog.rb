# frozen_string_literal: true

module Rungs
  # Packages, releases and the rules between them.
  class Catalog < Handle
    # What {check} names.
    MADE_BY = "open"
    private_constant :MADE_BY

    class << self
      # The embedded catalog of the Karafka family; opened once by the library, cheap afterwards.
      # @return [Catalog]
      def karafka
        new(Native.handle(Native::CatalogPointer, :rungs_catalog_karafka))
      end

      # Opens a catalog that ships, by its name, or several as one.
      # @param names [Array<String>] such as `karafka` or `gitlab`; empty ones are skipped, and without any it is what
      #   {karafka} opens
      # @return [Catalog]
      def open(*names)
        name = names.flatten.map { |each| Native.valid(each.to_s, "name") }.join(",")
        new(Native.handle(Native::CatalogPointer, :rungs_catalog_open, *Native.bytes(name, "name")))
      end

      # Opens the catalogs that a question is about: those that `catalogs:` names, else those that what is
      # installed and what is asked for show.
      # @param snapshot [Snapshot] what is installed
      # @param request [Hash] as for {Rungs.plan}
      # @return [Catalog]
      # @raise [RequestError]
      def for(snapshot, **request)
        document = request.fetch(:request) { Request.document(**request) }
        made = Snapshot.check(snapshot, "snapshot").lend do |installed|
          Native.handle(Native::CatalogPointer, :rungs_catalog_for, installed, *Native.bytes(document, "request"))
        end
        new(made)
      end

      # Reads a catalog from its TOML.
      # @param toml [String] the text
      # @param name [String] what messages call it
      # @return [Catalog]
      # @raise [CatalogError] with all problems of the text
      def parse(toml, name: "catalog.toml")
        new(Native.handle(Native::CatalogPointer, :rungs_catalog_parse, *Native.bytes(name, "name"),
                          *Native.bytes(toml, "toml")))
      end

      # The version of the format of catalogs that the library reads.
      # @return [Integer]
      def format_version
        Native.rungs_catalog_format_version
      end
    end

    # This catalog with the rules of an overlay above it; it stays as it is itself.
    # @param toml [String] the text of the overlay
    # @param name [String] what messages call it
    # @return [Catalog]
    # @raise [CatalogError] with all problems of the text
    def overlay(toml, name: "overlay.toml")
      made = lend do |pointer|
        Native.handle(Native::CatalogPointer, :rungs_catalog_overlay, pointer, *Native.bytes(name, "name"),
                      *Native.bytes(toml, "toml"))
      end
      self.class.send(:new, made)
    end

    # The document `rungs.catalog/1`: packages, lines, releases and rules.
    # @return [String] JSON
    def to_json(*)
      lend { |pointer| Native.text(:rungs_catalog_document, pointer) }
    end

    # The same, read.
    # @return [Hash] frozen
    def to_h
      Value.deep_freeze(JSON.parse(to_json))
    end

    # Where one source text uses what actions of the catalog speak about: the document `rungs.scan/1`.
    # @param path [String] its path in the application, as `karafka.rb`; says what kind of text it is
    # @param source [String] the text, in any encoding
    # @return [String] JSON
    def scan_source(path, source)
      lend do |pointer|
        Native.text(:rungs_scan_source, pointer, *Native.bytes(path, "path"), *Native.source(source, "source"))
      end
    end

    # The rules, as the document has them.
    # @return [Array<Piece>]
    def rules
      to_h.fetch("rules").map { |rule| Piece.new(rule) }.freeze
    end

    # The document `rungs.actions/1`: all that the guides ask for.
    # @return [String] JSON
    # @raise [CatalogError] where the actions of a catalog do not read
    def actions_json
      lend { |pointer| Native.text(:rungs_catalog_actions_document, pointer) }
    end

    # The same as values; what {Action#applies} would say of an installation is nil here.
    # @return [Array<Action>]
    def actions
      JSON.parse(actions_json).fetch("actions").map { |action| Action.new(action) }.freeze
    end
  end
end
